// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel would not run: an ELF program for another machine, or no program at all. Which
 * environment can is not found out here: the supervisor has no parser of untrusted formats. It only
 * tells apart what must fail as it does on the host: broken programs of this machine, and text,
 * which shells run themselves when exec answers ENOEXEC.
 */
#include <elf.h>
#include <string.h>

#include "loader.h"
#include "util.h"

static unsigned half(const unsigned char *p, bool big)
{
	return big ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
}

static bool elf_of_another_machine(const unsigned char *head, size_t n)
{
	bool big = head[EI_DATA] == ELFDATA2MSB;
	unsigned type = half(head + 16, big), machine = half(head + 18, big);

	if (n < sizeof(Elf32_Ehdr) || (type != ET_EXEC && type != ET_DYN))
		return false;
	if (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64)
		return false;
	return machine != EM_X86_64 && machine != EM_NONE;
}

/* As shells decide: a NUL or a control character makes it binary; so does broken UTF-8 (PDF). */
static bool text(const unsigned char *head, size_t n)
{
	unsigned follow = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = head[i];

		if (follow) {
			if ((c & 0xc0) != 0x80)
				return false;
			follow--;
		} else if (c >= 0x80) {
			follow = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc2 ? 1 : 0;
			if (!follow)
				return false;
		} else if (c == 0x7f || (c < 0x20 && (!c || !strchr("\a\b\t\n\v\f\r\033", c)))) {
			return false;
		}
	}
	return true;
}

static bool foreign_claims(const struct loader_ops *ops, const unsigned char *head, size_t n)
{
	if (!ops->foreign || !n)
		return false;
	if (memcmp(head, ELFMAG, SELFMAG) == 0)
		return elf_of_another_machine(head, n);
	if (head[0] == '#' && head[1] == '!')
		return false;
	return ops->text || !text(head, n);
}

static int foreign_plan(const struct loader_ops *ops, void *arg, struct exec_plan *p,
			const unsigned char *head, size_t n)
{
	p->kind = PLAN_FOREIGN;
	if (p->nprefix)
		return 0; /* a script's interpreter: its name and arguments are there already */
	p->prefix = calloc(2, sizeof(*p->prefix));
	if (!p->prefix)
		return -ENOMEM;
	p->prefix[0] = strdup(p->file.view);
	if (!p->prefix[0])
		return -ENOMEM;
	p->nprefix = 1;
	return 0;
}

const struct loader loader_foreign = { "foreign", foreign_claims, foreign_plan };
