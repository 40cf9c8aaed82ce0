// SPDX-License-Identifier: GPL-2.0-or-later
/* ELF of any machine, class and byte order, and scripts. */
#include <ctype.h>
#include <elf.h>

#include "source.h"
#include "util.h"

#define PHDRS_MAX   64
#define DYNAMIC_MAX 96
#define KERNEL_HALF 0xffff000000000000ULL

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

struct elf_view {
	struct source *s;
	const unsigned char *h;
	bool big, wide;
	unsigned machine, type, phnum, phentsize;
	uint64_t phoff;
};

static unsigned u16(const struct elf_view *e, const unsigned char *p)
{
	return e->big ? be16(p) : le16(p);
}

static uint32_t u32(const struct elf_view *e, const unsigned char *p)
{
	return e->big ? be32(p) : le32(p);
}

/* An address-sized field. */
static uint64_t uptr(const struct elf_view *e, const unsigned char *p)
{
	if (!e->wide)
		return u32(e, p);
	return e->big ? (uint64_t)be32(p) << 32 | be32(p + 4)
		      : (uint64_t)le32(p + 4) << 32 | le32(p);
}

/* clang-format off */
enum { ANY = -1, LITTLE, BIG };

/* Names as qemu-user has them: a record for a machine can be made from its type. */
static const struct {
	unsigned machine;
	int big, wide;
	const char *arch, *text;
} machines[] = {
	{ EM_X86_64,	 LITTLE, 1, "x86_64",	   "x86-64" },
	{ EM_X86_64,	 LITTLE, 0, "x32",	   "x86-64, 32-bit pointers" },
	{ EM_386,	 ANY, 0, "i386",	   "Intel 80386" },
	{ EM_AARCH64,	 LITTLE, 1, "aarch64",	   "ARM, 64-bit" },
	{ EM_AARCH64,	 BIG,	1, "aarch64_be",  "ARM, 64-bit, big-endian" },
	{ EM_ARM,	 LITTLE, 0, "arm",	   "ARM" },
	{ EM_ARM,	 BIG,	0, "armeb",	   "ARM, big-endian" },
	{ EM_RISCV,	 ANY, 1, "riscv64",	   "RISC-V, 64-bit" },
	{ EM_RISCV,	 ANY, 0, "riscv32",	   "RISC-V, 32-bit" },
	{ EM_PPC64,	 LITTLE, 1, "ppc64le",	   "PowerPC, 64-bit, little-endian" },
	{ EM_PPC64,	 BIG,	1, "ppc64",	   "PowerPC, 64-bit" },
	{ EM_PPC,	 ANY, 0, "ppc",	   "PowerPC" },
	{ EM_S390,	 BIG,	1, "s390x",	   "IBM S/390, 64-bit" },
	{ EM_S390,	 BIG,	0, "s390",	   "IBM S/390" },
	{ EM_68K,	 ANY, 0, "m68k",	   "Motorola 68000" },
	{ EM_MIPS,	 LITTLE, 1, "mips64el",   "MIPS, 64-bit, little-endian" },
	{ EM_MIPS,	 BIG,	1, "mips64",	   "MIPS, 64-bit" },
	{ EM_MIPS,	 LITTLE, 0, "mipsel",	   "MIPS, little-endian" },
	{ EM_MIPS,	 BIG,	0, "mips",	   "MIPS" },
	{ EM_SPARC,	 ANY, 0, "sparc",	   "SPARC" },
	{ EM_SPARC32PLUS, ANY, 0, "sparc32plus", "SPARC V8+" },
	{ EM_SPARCV9,	 ANY, 1, "sparc64",	   "SPARC V9" },
	{ EM_ALPHA,	 ANY, 1, "alpha",	   "Alpha" },
	{ 0x9026,	 ANY, 1, "alpha",	   "Alpha" },
	{ EM_SH,	 LITTLE, 0, "sh4",	   "SuperH" },
	{ EM_SH,	 BIG,	0, "sh4eb",	   "SuperH, big-endian" },
	{ EM_PARISC,	 ANY, 0, "hppa",	   "PA-RISC" },
	{ EM_LOONGARCH,	 ANY, 1, "loongarch64", "LoongArch, 64-bit" },
	{ EM_MICROBLAZE, LITTLE, 0, "microblazeel", "MicroBlaze, little-endian" },
	{ EM_MICROBLAZE, BIG,	0, "microblaze",  "MicroBlaze" },
	{ EM_ALTERA_NIOS2, ANY, 0, "nios2",	   "Nios II" },
	{ EM_OPENRISC,	 ANY, 0, "or1k",	   "OpenRISC" },
	{ EM_XTENSA,	 LITTLE, 0, "xtensa",	   "Xtensa" },
	{ EM_XTENSA,	 BIG,	0, "xtensaeb",	   "Xtensa, big-endian" },
	{ EM_CRIS,	 ANY, 0, "cris",	   "CRIS" },
	{ EM_QDSP6,	 ANY, 0, "hexagon",	   "Hexagon" },
	{ EM_IA_64,	 ANY, 1, "ia64",	   "Itanium" },
	{ EM_AVR,	 ANY, 0, "avr",	   "AVR microcontroller" },
	{ EM_BPF,	 ANY, 1, "bpf",	   "BPF" },
};

/* What is not Linux's. EI_OSABI 0 and 3 are. */
static const struct {
	unsigned char abi;
	const char *name;
} systems[] = {
	{ ELFOSABI_HPUX, "hpux" }, { ELFOSABI_NETBSD, "netbsd" }, { ELFOSABI_SOLARIS, "solaris" },
	{ ELFOSABI_AIX, "aix" }, { ELFOSABI_IRIX, "irix" }, { ELFOSABI_FREEBSD, "freebsd" },
	{ ELFOSABI_TRU64, "tru64" }, { ELFOSABI_OPENBSD, "openbsd" }, { 17, "cloudabi" },
	{ ELFOSABI_STANDALONE, "standalone" },
};
/* clang-format on */

static const char *machine_name(const struct elf_view *e, const char **text)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].machine != e->machine || machines[i].wide != e->wide ||
		    (machines[i].big != ANY && machines[i].big != e->big))
			continue;
		*text = machines[i].text;
		return machines[i].arch;
	}
	*text = "a machine without a name here";
	return NULL;
}

static const char *system_name(unsigned char abi)
{
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		if (systems[i].abi == abi)
			return systems[i].name;
	return NULL;
}

struct elf_facts {
	bool has_interp, has_dynamic, pie, kernel, loads;
};

/* A static-pie has PT_DYNAMIC and no interpreter, like a library; its flags tell. */
static bool dynamic_says_pie(const struct elf_view *e, uint64_t off, uint64_t len)
{
	unsigned char buf[DYNAMIC_MAX * 16];
	unsigned size = e->wide ? 16 : 8;
	size_t n = source_read(e->s, off, buf, len < sizeof(buf) ? len : sizeof(buf)) / size;

	for (size_t i = 0; i < n; i++) {
		uint64_t tag = uptr(e, buf + i * size);

		if (tag == DT_NULL)
			break;
		if (tag == DT_FLAGS_1)
			return uptr(e, buf + i * size + size / 2) & DF_1_PIE;
	}
	return false;
}

static void segments_look(const struct elf_view *e, struct elf_facts *f, struct content *c)
{
	unsigned n = e->phnum < PHDRS_MAX ? e->phnum : PHDRS_MAX;
	unsigned char ph[56];

	for (unsigned i = 0; i < n; i++) {
		uint64_t off, vaddr, len;

		if (!source_has(e->s, e->phoff + i * e->phentsize, ph, e->wide ? 56 : 32))
			return;
		off = uptr(e, ph + (e->wide ? 8 : 4));
		vaddr = uptr(e, ph + (e->wide ? 16 : 8));
		len = uptr(e, ph + (e->wide ? 32 : 16));
		switch (u32(e, ph)) {
		case PT_LOAD:
			f->loads = true;
			f->kernel |= e->wide && (vaddr & KERNEL_HALF) == KERNEL_HALF;
			break;
		case PT_INTERP:
			f->has_interp = true;
			if (len > 1 && len <= sizeof(c->interp)) {
				source_read(e->s, off, c->interp, len);
				c->interp[len - 1] = '\0';
			}
			break;
		case PT_DYNAMIC:
			f->has_dynamic = true;
			f->pie = dynamic_says_pie(e, off, len);
			break;
		}
	}
}

static bool elf_header(struct source *s, struct elf_view *e)
{
	const unsigned char *h = s->head;

	if (s->nhead < 52 || memcmp(h, ELFMAG, SELFMAG) != 0 || h[EI_CLASS] < 1 ||
	    h[EI_CLASS] > 2 || h[EI_DATA] < 1 || h[EI_DATA] > 2)
		return false;
	e->s = s;
	e->h = h;
	e->big = h[EI_DATA] == ELFDATA2MSB;
	e->wide = h[EI_CLASS] == ELFCLASS64;
	if (e->wide && s->nhead < 64)
		return false;
	e->type = u16(e, h + 16);
	e->machine = u16(e, h + 18);
	e->phoff = uptr(e, h + (e->wide ? 32 : 28));
	e->phentsize = u16(e, h + (e->wide ? 54 : 42));
	e->phnum = u16(e, h + (e->wide ? 56 : 44));
	return e->type >= ET_REL && e->type <= ET_CORE;
}

static bool appimage(const unsigned char *h, struct content *c)
{
	if (h[8] != 'A' || h[9] != 'I' || (h[10] != 1 && h[10] != 2))
		return false;
	return content_set(
		c, h[10] == 1 ? "application/x-iso9660-appimage" : "application/vnd.appimage",
		KIND_CODE, STRENGTH_STRONG, "AppImage, type %d", h[10]);
}

bool probe_elf(struct source *s, struct content *c)
{
	struct elf_facts f = { 0 };
	const char *arch, *text, *sys;
	char type[TYPE_BYTES];
	struct elf_view e;

	if (s->nhead < 4 || memcmp(s->head, ELFMAG, SELFMAG) != 0)
		return false;
	if (!elf_header(s, &e)) {
		content_set(c, "application/x-elf-damaged", KIND_CODE, STRENGTH_STRONG,
			    "ELF, cut short or damaged");
		return true;
	}
	arch = machine_name(&e, &text);
	sys = system_name(e.h[EI_OSABI]);
	if (e.type == ET_REL || e.type == ET_CORE)
		return content_set(c,
				   e.type == ET_REL ? "application/x-object" : "application/x-core",
				   KIND_UNKNOWN, STRENGTH_STRONG, "ELF %s for %s",
				   e.type == ET_REL ? "object file" : "core dump", text);
	segments_look(&e, &f, c);
	if (f.kernel)
		return content_set(c, "application/x-linux-kernel", KIND_GUEST, STRENGTH_STRONG,
				   "ELF kernel (vmlinux) for %s", text);
	if (e.type == ET_DYN && !f.has_interp && f.has_dynamic && !f.pie)
		return content_set(c, "application/x-sharedlib", KIND_UNKNOWN, STRENGTH_STRONG,
				   "ELF shared library for %s", text);
	if (arch)
		snprintf(type, sizeof(type), "application/x-elf-%s%s%s", arch, sys ? "-" : "",
			 sys ? sys : "");
	else
		snprintf(type, sizeof(type), "application/x-elf-machine-%u", e.machine);
	content_set(c, type, KIND_CODE, STRENGTH_STRONG, "ELF program for %s%s%s, %s%s", text,
		    sys ? ", " : "", sys ? sys : "", f.has_interp ? "dynamic, " : "static",
		    f.has_interp ? c->interp : "");
	c->native = arch && strcmp(arch, "x86_64") == 0 && !sys && f.loads;
	if (c->native)
		appimage(e.h, c);
	return true;
}

bool probe_script(struct source *s, struct content *c)
{
	const char *p = (const char *)s->head + 2;
	size_t n = 0;

	if (s->nhead < 3 || s->head[0] != '#' || s->head[1] != '!')
		return false;
	while (*p == ' ' || *p == '\t')
		p++;
	while (n < sizeof(c->interp) - 1 && p[n] && !isspace((unsigned char)p[n])) {
		c->interp[n] = p[n];
		n++;
	}
	c->interp[n] = '\0';
	/* "#!" of anything that is no path is only text (Rust has attributes that begin so) */
	if (n < 2 || !isprint((unsigned char)c->interp[0]) || c->interp[0] == '[')
		return false;
	content_set(c, "text/x-script", KIND_CODE, STRENGTH_STRONG, "script for %.150s", c->interp);
	c->native = true;
	return true;
}
