// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that tell how big the machine is, cut to the budget: /proc/meminfo, /proc/cpuinfo and
 * /sys/devices/system/cpu/online.
 *
 * No open is trapped at this level. So files of ours are mounted over them, read-only, and process
 * 1 writes them anew every few seconds: what they tell is a little old, and otherwise true. Only
 * what is limited when the session begins is covered.
 */
#include <time.h>

#include "internal.h"
#include "table.h"

#define FIGURES_MS     5000
#define TEXT_MAX_BYTES (4 << 20)

static struct figure {
	const char *path; /* in the view */
	const char *name; /* for scvm_budget_text() */
	bool cpus; /* it is about processors, else about memory */
	int source; /* what it covers; -1: it does not */
	int file; /* of ours */
} figures[] = {
	{ "proc/meminfo", "meminfo", false, -1, -1 },
	{ "proc/cpuinfo", "cpuinfo", true, -1, -1 },
	{ "sys/devices/system/cpu/online", "online", true, -1, -1 },
};
static bool any;

/* A reader that comes meanwhile may see some lines of before: as in a file of the kernel's. */
static int write_one(const struct figure *f, const struct scvm_budget *b)
{
	autofree char *in = malloc(TEXT_MAX_BYTES + 1), *out = NULL;
	size_t n = 0, len;
	ssize_t got;

	while (in && n < TEXT_MAX_BYTES &&
	       (got = pread(f->source, in + n, TEXT_MAX_BYTES - n, n)) > 0)
		n += got;
	if (!in || n == 0)
		return in ? -EIO : -ENOMEM;
	in[n] = '\0';
	out = scvm_budget_text(b, f->name, in);
	if (!out)
		return -ENOMEM;
	len = strlen(out);
	if (pwrite(f->file, out, len, 0) != (ssize_t)len)
		return -errno;
	return ftruncate(f->file, len) < 0 ? -errno : 0;
}

static int cover(int root, int fs, struct figure *f, const struct scvm_budget *b)
{
	autoclose int source = openat(root, f->path, O_RDONLY | O_CLOEXEC);
	autoclose int file = openat(fs, f->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	autoclose int shown = -1, at = -1;
	int ret;

	if (source < 0)
		return 0; /* no /sys in this view */
	if (file < 0)
		return -errno;
	f->source = source;
	f->file = file;
	ret = write_one(f, b);
	shown = ret < 0 ? ret : clone_at(fs, f->name, false);
	ret = shown < 0 ? shown : set_rdonly(shown);
	at = openat(root, f->path, O_PATH | O_CLOEXEC);
	if (ret == 0)
		ret = at < 0 ? -errno : attach(shown, at);
	f->source = f->file = -1;
	if (ret == 0) {
		f->source = steal_fd(&source);
		f->file = steal_fd(&file);
		any = true;
	}
	return ret;
}

int figures_build(int root, const struct native_config *cfg, struct nerr e)
{
	static const char *const options[][2] = { { "mode", "0755" }, { 0 } };
	struct scvm_budget b = { 0 };
	autoclose int fs = -1;
	int ret = 0;

	/* A namespace inside gets its own /proc only where the whole of ours can be seen. */
	if (cfg->look && !(cfg->allow & ALLOW_USERNS))
		cfg->look(cfg->budget_arg, &b);
	if (!b.cpus && !b.memory_bytes)
		return 0;
	fs = fs_make("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (fs < 0)
		return nfail(e, fs, "/proc/meminfo: %s", strerror(-fs));
	/* Before Linux 6.15 nothing can be cloned out of a detached mount. */
	ret = attach_at(fs, POOL_FIGURES);
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(figures); i++)
		if (figures[i].cpus ? b.cpus : b.memory_bytes)
			ret = cover(root, fs, &figures[i], &b);
	return ret < 0 ? nfail(e, ret, "/proc/meminfo: %s", strerror(-ret)) : 0;
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

int figures_refresh(const struct native_config *cfg)
{
	static long long next;
	struct scvm_budget b = { 0 };
	long long now;
	int ret = 0;

	if (!any)
		return -1;
	now = now_ms();
	if (!next)
		next = now + FIGURES_MS; /* they were written a moment ago */
	if (now < next)
		return next - now;
	next = now + FIGURES_MS;
	cfg->look(cfg->budget_arg, &b);
	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(figures); i++)
		if (figures[i].file >= 0)
			ret = write_one(&figures[i], &b);
	if (ret < 0)
		log_debug("figures: %s", strerror(-ret));
	return FIGURES_MS;
}
