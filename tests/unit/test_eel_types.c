// SPDX-License-Identifier: GPL-2.0-or-later
/* Recognising: a small generated sample of every type, and what must not be taken for one. */
#include <stdarg.h>

#include "recognise.h"
#include "suite.h"
#include "util.h"

#define SAMPLE_BYTES 65536

static unsigned char s[SAMPLE_BYTES];
static struct content c;

static void setup(void)
{
	memset(s, 0, sizeof(s));
}

static void be(size_t at, uint32_t v, int bytes)
{
	for (int i = bytes; i-- > 0; v >>= 8)
		s[at + i] = v;
}

static void le(size_t at, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++, v >>= 8)
		s[at + i] = v;
}

static void look(size_t len, const char *name)
{
	ck_assert_int_eq(recognise_memory(s, len, name, NULL, &c), 0);
}

#define IS(len, name, want)                     \
	do {                                    \
		look(len, name);                \
		ck_assert_str_eq(c.type, want); \
	} while (0)

/* ---- ELF ---- */

static void elf(int class, int data, unsigned type, unsigned machine)
{
	void (*put)(size_t, uint32_t, int) = data == 2 ? be : le;

	setup();
	memcpy(s, "\177ELF", 4);
	s[4] = class;
	s[5] = data;
	s[6] = 1;
	put(16, type, 2);
	put(18, machine, 2);
	/* one PT_LOAD */
	if (class == 2) {
		put(32, 64, 4);
		if (data == 2)
			be(32, 0, 4), be(36, 64, 4);
		put(54, 56, 2);
		put(56, 1, 2);
		put(64, 1, 4);
	} else {
		put(28, 52, 4);
		put(42, 32, 2);
		put(44, 1, 2);
		put(52, 1, 4);
	}
}

/* clang-format off */
static const struct {
	int class, data;
	unsigned machine;
	const char *type;
} elves[] = {
	{ 2, 1, 62, "x86_64" }, { 1, 1, 62, "x32" }, { 1, 1, 3, "i386" }, { 2, 1, 183, "aarch64" },
	{ 2, 2, 183, "aarch64_be" }, { 1, 1, 40, "arm" }, { 1, 2, 40, "armeb" },
	{ 2, 1, 243, "riscv64" }, { 1, 1, 243, "riscv32" }, { 2, 1, 21, "ppc64le" },
	{ 2, 2, 21, "ppc64" }, { 1, 2, 20, "ppc" }, { 2, 2, 22, "s390x" }, { 1, 2, 4, "m68k" },
	{ 2, 1, 8, "mips64el" }, { 2, 2, 8, "mips64" }, { 1, 1, 8, "mipsel" }, { 1, 2, 8, "mips" },
	{ 1, 2, 2, "sparc" }, { 2, 2, 43, "sparc64" }, { 2, 1, 0x9026, "alpha" }, { 1, 1, 42, "sh4" },
	{ 1, 2, 15, "hppa" }, { 2, 1, 258, "loongarch64" }, { 2, 1, 50, "ia64" },
};

static const struct {
	const char *name, *type;
	size_t len;
	const char *bytes;
} fixed[] = {
	{ "a", "application/wasm", 8, "\0asm\1\0\0\0" },
	{ "a", "application/x-java", 12, "\xca\xfe\xba\xbe\0\0\0\x34\0\1\0\0" },
	{ "a", "application/x-mach-binary", 12, "\xca\xfe\xba\xbe\0\0\0\2\1\0\0\7" },
	{ "a", "image/jpeg", 4, "\xff\xd8\xff\xe0" },
	{ "a.png", "image/jpeg", 4, "\xff\xd8\xff\xe0" },
	{ "a", "image/png", 8, "\x89PNG\r\n\x1a\n" },
	{ "a", "image/gif", 6, "GIF89a" },
	{ "a", "image/webp", 12, "RIFF\1\2\3\4WEBP" },
	{ "a", "audio/x-wav", 12, "RIFF\1\2\3\4WAVE" },
	{ "a", "video/x-msvideo", 12, "RIFF\1\2\3\4AVI " },
	{ "a", "application/pdf", 8, "%PDF-1.7" },
	{ "a", "application/postscript", 5, "%!PS\n" },
	{ "a", "audio/flac", 4, "fLaC" },
	{ "a", "video/x-matroska", 8, "\x1a\x45\xdf\xa3\1\2\3\4" },
	{ "a", "video/mp4", 12, "\0\0\0\x18" "ftypisom" },
	{ "a", "application/x-ole-storage", 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
	{ "a.doc", "application/msword", 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
	{ "a.msi", "application/x-msi", 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
	{ "a", "application/xml", 8, "<?xml ve" },
	{ "a", "text/html", 16, "  <!DOCTYPE html" },
	{ "a", "text/html", 6, "<HTML>" },
	{ "a.md", "text/markdown", 6, "# text" },
	{ "a", "text/plain", 5, "text\n" },
	{ "a.jpg", "text/plain", 5, "text\n" },
	{ "a", "application/octet-stream", 5, "te\0xt" },
	{ "a", "application/octet-stream", 0, "" },
	{ "a.py", "text/x-python", 5, "x = 1" },
	{ "a", "application/x-qemu-disk", 8, "QFI\xfb\0\0\0\3" },
	{ "a", "application/x-ms-shortcut", 8, "L\0\0\0\1\x14\2\0" },
	{ "a", "application/gzip", 4, "\x1f\x8b\x08\0" },
	{ "a.tgz", "application/x-compressed-tar", 4, "\x1f\x8b\x08\0" },
	{ "a.com", "application/x-dos-com", 5, "\xb4\x09\xcd\x21\xc3" },
	{ "a", "application/x-lua-bytecode", 5, "\x1bLuaT" },
	{ "a", "text/plain", 8, "#![feat]" },
};
/* clang-format on */

START_TEST(elf_by_class_order_and_machine)
{
	char want[TYPE_BYTES];

	elf(elves[_i].class, elves[_i].data, 2, elves[_i].machine);
	snprintf(want, sizeof(want), "application/x-elf-%s", elves[_i].type);
	IS(256, "prog", want);
	ck_assert_int_eq(c.kind, KIND_CODE);
	ck_assert_int_eq(c.native, elves[_i].machine == 62 && elves[_i].class == 2);
}
END_TEST

START_TEST(fixed_magic_and_names)
{
	memcpy(s, fixed[_i].bytes, fixed[_i].len);
	IS(fixed[_i].len, fixed[_i].name, fixed[_i].type);
}
END_TEST

START_TEST(elf_forms)
{
	elf(2, 1, 2, 62);
	s[7] = 9;
	IS(256, "p", "application/x-elf-x86_64-freebsd");
	ck_assert(!c.native);
	elf(2, 1, 1, 62);
	IS(256, "p", "application/x-object");
	elf(2, 1, 4, 62);
	IS(256, "p", "application/x-core");
	elf(2, 1, 2, 4711);
	IS(256, "p", "application/x-elf-machine-4711");
	elf(2, 1, 2, 62);
	memcpy(s + 8, "AI\2", 3);
	IS(256, "p", "application/vnd.appimage");
	ck_assert(c.native);
	elf(2, 1, 2, 183);
	le(64 + 16, 0, 4), le(64 + 20, 0xffff8000, 4);
	IS(256, "p", "application/x-linux-kernel");
	elf(2, 1, 2, 62);
	IS(40, "p", "application/x-elf-damaged");
	ck_assert(!c.native);
}
END_TEST

START_TEST(elf_library_is_no_program_but_a_static_pie_is)
{
	elf(2, 1, 3, 62);
	le(56, 2, 2);
	le(64 + 56, 2, 4); /* PT_DYNAMIC at 512, 32 bytes */
	le(64 + 56 + 8, 512, 4);
	le(64 + 56 + 32, 32, 4);
	IS(1024, "p", "application/x-sharedlib");
	le(512, 0x6ffffffb, 4);
	le(520, 0x08000000, 4);
	IS(1024, "p", "application/x-elf-x86_64");
	ck_assert(c.native);
}
END_TEST

START_TEST(script)
{
	strcpy((char *)s, "#! /usr/bin/python3 -u\nprint(1)\n");
	IS(32, "a.txt", "text/x-script");
	ck_assert_str_eq(c.interp, "/usr/bin/python3");
	ck_assert(c.native && c.code);
}
END_TEST

static void mz(const char *sig)
{
	setup();
	memcpy(s, "MZ", 2);
	le(0x3c, 0x80, 4);
	memcpy(s + 0x80, sig, 4);
}

START_TEST(dos_and_windows)
{
	mz("\0\0\0\0");
	IS(512, "a", "application/x-dosexec");
	mz("NE\0\0");
	IS(512, "a", "application/x-ne-executable");
	mz("LE\0\0");
	IS(512, "a", "application/x-le-executable");
	mz("LX\0\0");
	IS(512, "a", "application/x-os2-executable");
	mz("PE\0\0");
	le(0x84, 0x8664, 2);
	le(0x94, 240, 2);
	le(0x98, 0x20b, 2);
	IS(1024, "a", "application/vnd.microsoft.portable-executable");
	le(0x98 + 68, 10, 2);
	IS(1024, "a", "application/x-efi");
	le(0x98 + 68, 3, 2);
	le(0x98 + 112 + 14 * 8 - 0, 0x2008, 4);
	look(1024, "a");
	le(0x94, 224, 2);
	le(0x98, 0x10b, 2);
	le(0x98 + 96 + 14 * 8, 0x2008, 4);
	IS(1024, "a", "application/x-dotnet");
	le(0x3c, 0xffffffff, 4);
	IS(1024, "a", "application/x-dosexec");
}
END_TEST

/* A stored zip of one name and its directory. */
static size_t zip(const char *name, const char *content)
{
	size_t n = strlen(name), k = strlen(content), dir = 30 + n + k;

	setup();
	memcpy(s, "PK\3\4", 4);
	le(18, k, 4);
	le(22, k, 4);
	le(26, n, 2);
	memcpy(s + 30, name, n);
	memcpy(s + 30 + n, content, k);
	memcpy(s + dir, "PK\1\2", 4);
	le(dir + 28, n, 2);
	memcpy(s + dir + 46, name, n);
	memcpy(s + dir + 46 + n, "PK\5\6", 4);
	le(dir + 46 + n + 16, dir, 4);
	return dir + 46 + n + 22;
}

START_TEST(zip_and_what_is_made_of_it)
{
	IS(zip("a", "b"), "a", "application/zip");
	IS(zip("META-INF/MANIFEST.MF", ""), "a", "application/x-java-archive");
	ck_assert(c.code);
	IS(zip("AndroidManifest.xml", ""), "a", "application/vnd.android.package-archive");
	IS(zip("mimetype", "application/epub+zip"), "a", "application/epub+zip");
	IS(zip("[Content_Types].xml", ""), "a.docx",
	   "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
	IS(zip("a", "b"), "a.jpg", "application/zip");
	IS(zip("mimetype", "application/x-java-archive"), "a", "application/zip");
}
END_TEST

START_TEST(home_computers)
{
	be(0, 0x601a, 2);
	be(2, 100, 4);
	IS(256, "a", "application/x-atari-prg");
	IS(256, "a.68k", "application/x-cpm68k");
	be(0, 0x601b, 2);
	IS(256, "a.prg", "application/x-cpm68k");
	be(0, 0x601a, 2);
	be(2, 100000, 4);
	IS(256, "a", "application/octet-stream");
	setup();
	be(0, 0x3f3, 4);
	be(8, 3, 4);
	be(16, 2, 4);
	IS(64, "a", "application/x-amiga-executable");
	setup();
	memcpy(s, "HU", 2);
	be(12, 64, 4);
	IS(256, "a", "application/x-human68k");
	memcpy(s, "HUGE", 4);
	IS(256, "a", "application/octet-stream");
}
END_TEST

/* A resource fork with one type at @at. Return: its length. */
static size_t rsrc(size_t at, const char *type)
{
	be(at, 256, 4);
	be(at + 4, 260, 4);
	be(at + 8, 4, 4);
	be(at + 12, 50, 4);
	memcpy(s + at + 260, s + at, 16);
	be(at + 260 + 24, 28, 2);
	memcpy(s + at + 260 + 30, type, 4);
	return 310;
}

START_TEST(macintosh)
{
	size_t n = rsrc(0, "CODE");

	IS(n, "a", "application/x-mac-68k");
	rsrc(0, "PICT");
	IS(n, "a", "application/x-mac-rsrc");
	setup();
	be(0, 0x00051600, 4);
	be(4, 0x00020000, 4);
	be(24, 1, 2);
	be(26, 2, 4);
	be(30, 64, 4);
	be(34, rsrc(64, "CODE"), 4);
	IS(64 + n, "a", "application/x-mac-68k");
	be(0, 0x00051607, 4);
	rsrc(64, "PICT");
	IS(64 + n, "a", "multipart/appledouble");
	setup();
	s[1] = 4;
	memcpy(s + 2, "Game", 4);
	memcpy(s + 65, "APPLGAME", 8);
	be(87, rsrc(128, "CODE"), 4);
	s[122] = 129;
	be(124, 0x1234, 2);
	IS(128 + n, "a", "application/octet-stream"); /* the checksum is wrong */
}
END_TEST

START_TEST(disks)
{
	be(1024, 0x4244, 2);
	be(1044, 512, 4);
	s[1060] = 4;
	memcpy(s + 1061, "Disk", 4);
	IS(4096, "a", "application/x-hfs");
	be(1024, 0xd2d7, 2);
	IS(4096, "a", "application/x-mfs");
	be(1024, 0x482b0004, 4);
	IS(4096, "a", "application/x-hfs-plus");
	setup();
	s[0] = 4;
	be(64, 1024, 4);
	be(82, 0x0100, 2);
	IS(84 + 1024, "a", "application/x-diskcopy");
	setup();
	le(510, 0xaa55, 2);
	IS(4096, "a", "application/octet-stream");
	s[450] = 0x83;
	le(454, 2048, 4);
	le(458, 2048, 4);
	IS(4096, "a", "application/x-raw-disk-image");
	memcpy(s, "\xeb\x3c\x90", 3);
	le(11, 512, 2);
	s[13] = 1;
	le(14, 1, 2);
	s[16] = 2;
	s[21] = 0xf0;
	IS(4096, "a", "application/x-raw-floppy-disk-image");
	memcpy(s + 512, "EFI PART", 8);
	IS(4096, "a", "application/x-raw-disk-image");
	setup();
	memcpy(s + 32768, "\1CD001", 6);
	IS(40000, "a", "application/x-cd-image");
	memcpy(s + 34816, "\0CD001\1EL TORITO SPECIFICATION", 30);
	IS(40000, "a", "application/x-cd-image");
	ck_assert_ptr_nonnull(strstr(c.detail, "boots"));
}
END_TEST

START_TEST(kernels)
{
	le(510, 0xaa55, 2);
	memcpy(s + 0x202, "HdrS", 4);
	memcpy(s, "MZ", 2);
	IS(4096, "a", "application/x-linux-kernel");
	setup();
	memcpy(s + 56, "ARM\x64", 4);
	IS(4096, "a", "application/x-linux-kernel");
	setup();
	le(0x24, 0x016f2818, 4);
	IS(4096, "a", "application/x-linux-kernel");
	ck_assert_int_eq(c.kind, KIND_GUEST);
}
END_TEST

/* ---- with shared-mime-info ---- */

START_TEST(database_of_the_host)
{
	struct mime *m = mime_open(MIME_DATABASE);

	if (!m)
		return;
	strcpy((char *)s, "<?xml version=\"1.0\"?>\n");
	ck_assert_int_eq(recognise_memory(s, 22, "a.svg", m, &c), 0);
	ck_assert_str_eq(c.type, "image/svg+xml");
	ck_assert_int_eq(recognise_memory(s, 22, "a.jpg", m, &c), 0);
	ck_assert_str_eq(c.type, "application/xml");
	strcpy((char *)s, "int x;\n");
	ck_assert_int_eq(recognise_memory(s, 7, "x.c", m, &c), 0);
	ck_assert_str_eq(c.type, "text/x-csrc");
	ck_assert(content_is(&c, "text/plain"));
	ck_assert_int_eq(recognise_memory(s, 7, "Makefile", m, &c), 0);
	ck_assert_str_eq(c.type, "text/x-makefile");
	mime_destroy(m);
}
END_TEST

START_TEST(damaged_database_is_survived)
{
	autofree char *text = NULL;
	ssize_t len = read_file_at(-100, MIME_DATABASE, 1 << 22, &text);
	unsigned seed = 1;

	for (int round = 0; len > 0 && round < 300; round++) {
		struct mime *m;

		for (int i = 0; i < 20; i++) {
			seed = seed * 1103515245 + 12345;
			text[4 + (seed >> 8) % (round % 2 ? 36 : (unsigned)len - 4)] = seed >> 3;
		}
		m = mime_from_memory(text, len);
		memset(s, round, 64);
		recognise_memory(s, 64, "some.name.tar.gz", m, &c);
		mime_destroy(m);
	}
}
END_TEST

START_TEST(any_prefix_of_anything_is_survived)
{
	unsigned seed = _i + 1;

	for (size_t i = 0; i < sizeof(s); i++) {
		seed = seed * 1103515245 + 12345;
		s[i] = seed >> 16;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		memcpy(s, fixed[i].bytes, fixed[i].len);
		for (size_t len = 0; len < 300; len += 7)
			look(len, fixed[i].name);
		look(sizeof(s), fixed[i].name);
	}
	elf(1 + _i % 2, 1 + _i % 3 % 2, 2 + _i % 2, 62);
	for (size_t at = 16; at < 120; at++) {
		s[at] ^= 0xff;
		look(4096, "p");
		s[at] ^= 0xff;
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eel types");
	TCase *t = tcase_create("types");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, elf_by_class_order_and_machine, 0, ARRAY_SIZE(elves));
	tcase_add_loop_test(t, fixed_magic_and_names, 0, ARRAY_SIZE(fixed));
	tcase_add_test(t, elf_forms);
	tcase_add_test(t, elf_library_is_no_program_but_a_static_pie_is);
	tcase_add_test(t, script);
	tcase_add_test(t, dos_and_windows);
	tcase_add_test(t, zip_and_what_is_made_of_it);
	tcase_add_test(t, home_computers);
	tcase_add_test(t, macintosh);
	tcase_add_test(t, disks);
	tcase_add_test(t, kernels);
	tcase_add_test(t, database_of_the_host);
	tcase_add_test(t, damaged_database_is_survived);
	tcase_add_loop_test(t, any_prefix_of_anything_is_survived, 0, 6);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
