// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that are neither ELF nor old: DOS and Windows, .NET, wasm, Java, Mach-O, zip. */
#include "source.h"
#include "util.h"

#define PE_DOTNET_DIRECTORY 14 /* IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR */
#define PE_SUBSYSTEM_EFI    10
#define PE_FILE_DLL	    0x2000
#define JAVA_MAJOR_MIN	    43 /* of a class file: 45 is JDK 1.0; what is below is a count of */
#define ZIP_TAIL_BYTES	    4096 /* architectures in a universal binary of macOS */
#define ZIP_DIRECTORY_BYTES 16384
#define ZIP_ENTRIES_MAX	    256

/* clang-format off */
static const struct {
	unsigned id;
	const char *name;
} pe_machines[] = {
	{ 0x014c, "i386" }, { 0x8664, "x86_64" }, { 0x01c0, "arm" }, { 0x01c4, "arm" },
	{ 0xaa64, "aarch64" }, { 0x0200, "ia64" }, { 0x0184, "alpha" }, { 0x0166, "mips" },
	{ 0x01f0, "ppc" }, { 0x5064, "riscv64" }, { 0x0ebc, "EFI byte code" },
};
/* clang-format on */

static const char *pe_machine(unsigned id)
{
	for (size_t i = 0; i < ARRAY_SIZE(pe_machines); i++)
		if (pe_machines[i].id == id)
			return pe_machines[i].name;
	return "an unknown machine";
}

static bool pe(const unsigned char h[256], struct content *c)
{
	const unsigned char *opt = h + 24;
	unsigned optlen = le16(h + 20), magic = le16(opt);
	unsigned dirs = magic == 0x20b ? 112 : 96; /* PE32+ : PE32 */
	unsigned at = dirs + PE_DOTNET_DIRECTORY * 8;
	const char *machine = pe_machine(le16(h + 4));
	bool dll = le16(h + 22) & PE_FILE_DLL;

	if (magic != 0x10b && magic != 0x20b)
		return content_set(c, "application/x-dosexec", KIND_CODE, STRENGTH_STRONG,
				   "PE without an optional header");
	if (optlen >= 70 && le16(opt + 68) == PE_SUBSYSTEM_EFI)
		return content_set(c, "application/x-efi", KIND_GUEST, STRENGTH_STRONG,
				   "EFI program for %s", machine);
	if (optlen >= at + 8 && 24 + at + 8 <= 256 && le32(opt + at))
		return content_set(c, dll ? "application/x-dotnet-library" : "application/x-dotnet",
				   KIND_CODE, STRENGTH_STRONG, ".NET %s",
				   dll ? "library" : "program");
	return content_set(c,
			   dll ? "application/x-windows-library"
			       : "application/vnd.microsoft.portable-executable",
			   KIND_CODE, STRENGTH_STRONG, "Windows %s for %s",
			   dll ? "library" : "program", machine);
}

bool probe_mz(struct source *s, struct content *c)
{
	unsigned char h[256];
	uint32_t at;

	if (s->nhead < 28 || (memcmp(s->head, "MZ", 2) != 0 && memcmp(s->head, "ZM", 2) != 0))
		return false;
	/* the relocation table behind 0x40: there may be a newer header */
	at = s->nhead >= 0x40 ? le32(s->head + 0x3c) : 0;
	if (at >= 0x40 && source_read(s, at, h, sizeof(h)) >= 26) {
		if (memcmp(h, "PE\0\0", 4) == 0)
			return pe(h, c);
		if (memcmp(h, "NE", 2) == 0)
			return content_set(c,
					   h[0x36] == 1 ? "application/x-os2-executable"
							: "application/x-ne-executable",
					   KIND_CODE, STRENGTH_STRONG, "16-bit %s program",
					   h[0x36] == 1 ? "OS/2" : "Windows");
		if (memcmp(h, "LE", 2) == 0 || memcmp(h, "LX", 2) == 0)
			return content_set(c,
					   h[1] == 'X' ? "application/x-os2-executable"
						       : "application/x-le-executable",
					   KIND_CODE, STRENGTH_STRONG, "%s program",
					   h[1] == 'X' ? "32-bit OS/2"
						       : "LE (VxD or DOS extender)");
	}
	return content_set(c, "application/x-dosexec", KIND_CODE, STRENGTH_STRONG, "DOS program");
}

bool probe_wasm(struct source *s, struct content *c)
{
	if (s->nhead < 8 || memcmp(s->head, "\0asm", 4) != 0)
		return false;
	return content_set(c, "application/wasm", KIND_CODE, STRENGTH_STRONG,
			   "WebAssembly, version %u", le32(s->head + 4));
}

bool probe_cafebabe(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;

	if (s->nhead < 10 || be32(h) != 0xcafebabe)
		return false;
	if (be16(h + 6) >= JAVA_MAJOR_MIN)
		return content_set(c, "application/x-java", KIND_CODE, STRENGTH_STRONG,
				   "Java class, version %u.%u", be16(h + 6), be16(h + 4));
	return content_set(c, "application/x-mach-binary", KIND_CODE, STRENGTH_STRONG,
			   "macOS universal binary of %u architectures", be32(h + 4));
}

bool probe_macho(struct source *s, struct content *c)
{
	uint32_t big, little;

	if (s->nhead < 28)
		return false;
	big = be32(s->head);
	little = le32(s->head);
	if (big != 0xfeedface && big != 0xfeedfacf && little != 0xfeedface && little != 0xfeedfacf)
		return false;
	return content_set(c, "application/x-mach-binary", KIND_CODE, STRENGTH_STRONG,
			   "macOS program, %d-bit",
			   big == 0xfeedfacf || little == 0xfeedfacf ? 64 : 32);
}

/* ---- zip: its central directory tells whether it is a program ---- */

struct zip_facts {
	bool manifest, classes, android, office, opendocument, mimetype;
};

static bool entry_named(const unsigned char *name, unsigned len, const char *want)
{
	return len == strlen(want) && memcmp(name, want, len) == 0;
}

static void zip_entry(const unsigned char *name, unsigned len, struct zip_facts *f)
{
	f->manifest |= entry_named(name, len, "META-INF/MANIFEST.MF");
	f->android |= entry_named(name, len, "AndroidManifest.xml");
	f->office |= entry_named(name, len, "[Content_Types].xml");
	f->mimetype |= entry_named(name, len, "mimetype");
	f->classes |= len > 6 && memcmp(name + len - 6, ".class", 6) == 0;
}

static void zip_directory(const unsigned char *d, size_t n, struct zip_facts *f)
{
	size_t at = 0;

	for (unsigned i = 0; i < ZIP_ENTRIES_MAX && at + 46 <= n; i++) {
		unsigned len = le16(d + at + 28);
		size_t next = at + 46 + len + le16(d + at + 30) + le16(d + at + 32);

		if (memcmp(d + at, "PK\1\2", 4) != 0 || at + 46 + len > n)
			break;
		zip_entry(d + at + 46, len, f);
		at = next;
	}
}

static void zip_look(struct source *s, struct zip_facts *f)
{
	unsigned char tail[ZIP_TAIL_BYTES], dir[ZIP_DIRECTORY_BYTES];
	uint64_t from = s->size > sizeof(tail) ? s->size - sizeof(tail) : 0;
	size_t n = source_read(s, from, tail, sizeof(tail)), got;

	/* the end record is at the very end, but for a comment */
	for (size_t i = n >= 22 ? n - 22 + 1 : 0; i-- > 0;) {
		if (memcmp(tail + i, "PK\5\6", 4) != 0)
			continue;
		got = source_read(s, le32(tail + i + 16), dir, sizeof(dir));
		zip_directory(dir, got, f);
		return;
	}
}

/* OpenDocument and EPUB store their type, uncompressed, as the first entry. */
static bool zip_states_type(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;
	unsigned len = le32(h + 22), i;
	char type[TYPE_BYTES];

	if (le16(h + 26) != 8 || memcmp(h + 30, "mimetype", 8) != 0 || le16(h + 28) != 0 ||
	    len < 3 || len >= sizeof(type) || 38 + len > s->nhead)
		return false;
	for (i = 0; i < len; i++) {
		unsigned char ch = h[38 + i];

		if (ch <= ' ' || ch > '~')
			break;
		type[i] = ch;
	}
	type[i] = '\0';
	if (!strchr(type, '/') || table_kind(type) == KIND_CODE)
		return false;
	return content_set(c, type, KIND_DOCUMENT, STRENGTH_STRONG, "zip that states its type");
}

bool probe_zip(struct source *s, struct content *c)
{
	struct zip_facts f = { 0 };

	if (s->nhead < 30 || memcmp(s->head, "PK\3\4", 4) != 0)
		return false;
	if (zip_states_type(s, c))
		return true;
	zip_look(s, &f);
	if (f.android)
		return content_set(c, "application/vnd.android.package-archive", KIND_CODE,
				   STRENGTH_STRONG, "Android program");
	if (f.manifest && !f.office)
		return content_set(c, "application/x-java-archive", KIND_CODE, STRENGTH_STRONG,
				   "Java archive%s", f.classes ? "" : " (no class was seen)");
	return content_set(c, "application/zip", KIND_DOCUMENT, STRENGTH_STRONG, "zip archive");
}
