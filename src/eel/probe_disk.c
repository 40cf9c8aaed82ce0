// SPDX-License-Identifier: GPL-2.0-or-later
/* Disks and kernels: what a whole guest starts from. */
#include "source.h"
#include "util.h"

#define SECTOR		512
#define ISO_SECTOR	2048
#define ISO_DESCRIPTORS 16 /* first sector of them */
#define DISKCOPY_BYTES	84

static bool power_of_two(unsigned n)
{
	return n && !(n & (n - 1));
}

/*
 * Kernels come before MZ, because those with an EFI stub are PE files too.
 * (vmlinux is ELF: probe_elf().)
 */
bool probe_kernel(struct source *s, struct content *c)
{
	static const char type[] = "application/x-linux-kernel";
	const unsigned char *h = s->head;

	if (s->nhead >= 0x210 && memcmp(h + 0x202, "HdrS", 4) == 0 && le16(h + 0x1fe) == 0xaa55)
		return content_set(c, type, KIND_GUEST, STRENGTH_STRONG,
				   "Linux kernel for x86 (bzImage), boot protocol %u.%u", h[0x207],
				   h[0x206]);
	if (s->nhead >= 64 && memcmp(h + 56, "ARM\x64", 4) == 0)
		return content_set(c, type, KIND_GUEST, STRENGTH_STRONG,
				   "Linux kernel for arm64 (Image)");
	if (s->nhead >= 64 && memcmp(h + 48, "RISCV\0\0\0", 8) == 0 &&
	    memcmp(h + 56, "RSC\x05", 4) == 0)
		return content_set(c, type, KIND_GUEST, STRENGTH_STRONG,
				   "Linux kernel for RISC-V (Image)");
	if (s->nhead >= 48 && (le32(h + 0x24) == 0x016f2818 || be32(h + 0x24) == 0x016f2818))
		return content_set(c, type, KIND_GUEST, STRENGTH_STRONG,
				   "Linux kernel for ARM (zImage)");
	if (s->nhead >= 64 && memcmp(h, "MZ\0\0zimg", 8) == 0)
		return content_set(c, type, KIND_GUEST, STRENGTH_STRONG,
				   "Linux kernel (EFI zboot)");
	return false;
}

/* ---- Apple ---- */

static bool diskcopy(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;

	if (s->nhead < DISKCOPY_BYTES || h[0] > 63 || be16(h + 82) != 0x0100 ||
	    (uint64_t)be32(h + 64) + be32(h + 68) + DISKCOPY_BYTES != s->size || !be32(h + 64))
		return false;
	return content_set(c, "application/x-diskcopy", KIND_GUEST, STRENGTH_STRONG,
			   "DiskCopy 4.2 image of %u KiB", be32(h + 64) / 1024);
}

bool probe_apple_disk(struct source *s, struct content *c)
{
	const unsigned char *b = s->head + 1024; /* the master directory block */

	if (diskcopy(s, c))
		return true;
	if (s->nhead < 1024 + 64)
		return false;
	/* HFS: allocation blocks are a multiple of 512, the volume's name has 1 to 27 bytes */
	if (be16(b) == 0x4244 && be32(b + 20) && be32(b + 20) % SECTOR == 0 && b[36] && b[36] <= 27)
		return content_set(c, "application/x-hfs", KIND_GUEST, STRENGTH_STRONG,
				   "Macintosh disk (HFS) '%.*s'", b[36], b + 37);
	if ((be16(b) == 0x482b && be16(b + 2) == 4) || (be16(b) == 0x4858 && be16(b + 2) == 5))
		return content_set(c, "application/x-hfs-plus", KIND_GUEST, STRENGTH_STRONG,
				   "Macintosh disk (HFS Plus)");
	if (be16(b) == 0xd2d7 && be32(b + 20) && be32(b + 20) % SECTOR == 0 && b[36] && b[36] <= 27)
		return content_set(c, "application/x-mfs", KIND_GUEST, STRENGTH_STRONG,
				   "Macintosh disk (MFS) '%.*s'", b[36], b + 37);
	return false;
}

/* ---- optical ---- */

bool probe_iso(struct source *s, struct content *c)
{
	unsigned char d[64];
	uint64_t at = (uint64_t)ISO_DESCRIPTORS * ISO_SECTOR;
	bool boots;

	if (s->size < at + ISO_SECTOR || !source_has(s, at, d, sizeof(d)) ||
	    memcmp(d + 1, "CD001", 5) != 0)
		return false;
	boots = source_has(s, at + ISO_SECTOR, d, sizeof(d)) && d[0] == 0 &&
		memcmp(d + 1, "CD001", 5) == 0 && memcmp(d + 7, "EL TORITO SPECIFICATION", 23) == 0;
	return content_set(c, "application/x-cd-image", KIND_GUEST, STRENGTH_STRONG,
			   "ISO 9660 image%s", boots ? ", boots" : "");
}

/* ---- PC ---- */

static bool fat_boot_sector(const unsigned char *h)
{
	unsigned bytes = le16(h + 11), media = h[21];

	return (h[0] == 0xe9 || (h[0] == 0xeb && h[2] == 0x90)) && power_of_two(bytes) &&
	       bytes >= 512 && bytes <= 4096 && power_of_two(h[13]) && le16(h + 14) &&
	       (h[16] == 1 || h[16] == 2) && (media == 0xf0 || media >= 0xf8);
}

static bool partition_table(const unsigned char *h)
{
	bool any = false;

	for (unsigned i = 0; i < 4; i++) {
		const unsigned char *p = h + 446 + i * 16;

		if (p[0] & 0x7f)
			return false;
		if (p[4] && !le32(p + 12))
			return false;
		any |= p[4] != 0;
	}
	return any;
}

bool probe_pc_disk(struct source *s, struct content *c)
{
	const unsigned char *h = s->head;

	if (s->nhead < 2 * SECTOR)
		return false;
	if (memcmp(h + SECTOR, "EFI PART", 8) == 0)
		return content_set(c, "application/x-raw-disk-image", KIND_GUEST, STRENGTH_STRONG,
				   "disk image with GPT partitions");
	if (le16(h + 510) != 0xaa55)
		return false;
	if (fat_boot_sector(h))
		return content_set(c, "application/x-raw-floppy-disk-image", KIND_GUEST,
				   STRENGTH_STRONG, "FAT disk image of %llu KiB",
				   (unsigned long long)s->size / 1024);
	if (partition_table(h))
		return content_set(c, "application/x-raw-disk-image", KIND_GUEST, STRENGTH_STRONG,
				   "disk image with MBR partitions");
	return false;
}
