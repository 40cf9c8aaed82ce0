// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc as the view tells it: pure transforms of text, no file is opened here.
 *
 * These formats are an ABI (Documentation/filesystems/proc.rst), so a rewritten line is byte for
 * byte what fs/proc would print, trailing blanks and escapes included.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc_text.h"
#include "util.h"

#define DELETED " (deleted)"

/* ---- which file is what ---- */

/* "task/7/maps" is told as "maps"; "task/7" itself stays. */
static const char *skip_task(const char *rel)
{
	const char *p = path_under(rel, "task");

	if (!p || !isdigit((unsigned char)*p))
		return rel;
	p += strspn(p, "0123456789");
	return p[0] == '/' && p[1] ? p + 1 : rel;
}

enum proc_kind proc_kind(const char *rel)
{
	static const struct {
		const char *name;
		enum proc_kind kind;
	} files[] = {
		{ "status", PROC_STATUS },
		{ "stat", PROC_STAT },
		{ "maps", PROC_MAPS },
		{ "smaps", PROC_MAPS },
		{ "numa_maps", PROC_MAPS },
		{ "mounts", PROC_MOUNTS },
		{ "mountinfo", PROC_MOUNTINFO },
		{ "mountstats", PROC_MOUNTSTATS },
		{ "uid_map", PROC_UIDMAP },
		{ "gid_map", PROC_UIDMAP },
		{ "projid_map", PROC_UIDMAP },
		{ "loginuid", PROC_LOGINUID },
		{ "sessionid", PROC_LOGINUID },
		{ "cwd", PROC_LINK_CWD },
		{ "exe", PROC_LINK_EXE },
		{ "root", PROC_LINK_ROOT },
		{ "fd", PROC_DIR_FD },
		{ "fdinfo", PROC_DIR_FDINFO },
		{ "task", PROC_DIR_TASK },
		{ "ns", PROC_DIR_NS },
		{ "map_files", PROC_DIR_MAPFILES },
		{ "mem", PROC_MEM },
		{ "setgroups", PROC_DENY }, /* of user namespaces, and a view has none */
	};
	static const struct {
		const char *dir;
		enum proc_kind kind;
	} links[] = {
		{ "fd/", PROC_LINK_FD },
		{ "ns/", PROC_LINK_NS },
		{ "map_files/", PROC_LINK_MAPFILE },
	};

	rel = skip_task(rel);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strcmp(rel, files[i].name) == 0)
			return files[i].kind;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		size_t len = strlen(links[i].dir);

		if (strncmp(rel, links[i].dir, len) == 0 && rel[len] && !strchr(rel + len, '/'))
			return links[i].kind;
	}
	return PROC_PASS;
}

const char *proc_fixed(enum proc_kind kind)
{
	switch (kind) {
	case PROC_UIDMAP:
		return "         0          0 4294967295\n";
	case PROC_LOGINUID:
		return "4294967295"; /* nobody has logged in; without a newline, as the kernel */
	default:
		return NULL;
	}
}

/* ---- lines ---- */

/* The length of the line at @in with its newline, if it has one. */
static size_t line_length(const char *in)
{
	size_t len = strcspn(in, "\n");

	return len + (in[len] == '\n');
}

static char *text_close(FILE *f, char **out)
{
	int failed = ferror(f);

	if (fclose(f) == 0 && !failed)
		return *out;
	free(*out);
	return NULL;
}

/* ---- status and stat ---- */

static bool is_key(const char *line, const char *key)
{
	return strncmp(line, key, strlen(key)) == 0;
}

/* Write one line of /proc/PID/status as the view tells it. Return false: as it is. */
static bool status_line(FILE *f, const char *line, const struct cred *c, mode_t mask)
{
	static const char *const zero[] = { "Seccomp:", "Seccomp_filters:", "NoNewPrivs:" };
	const struct {
		const char *key;
		unsigned long long set;
	} caps[] = { { "CapInh:", c->cap_inheritable },
		     { "CapPrm:", c->cap_permitted },
		     { "CapEff:", c->cap_effective },
		     { "CapBnd:", c->cap_bounding },
		     { "CapAmb:", c->cap_ambient } };

	if (is_key(line, "Uid:")) {
		fprintf(f, "Uid:\t%u\t%u\t%u\t%u\n", c->ruid, c->euid, c->suid, c->fsuid);
		return true;
	}
	if (is_key(line, "Gid:")) {
		fprintf(f, "Gid:\t%u\t%u\t%u\t%u\n", c->rgid, c->egid, c->sgid, c->fsgid);
		return true;
	}
	if (is_key(line, "Groups:")) {
		fputs("Groups:\t", f);
		for (unsigned i = 0; i < c->ngroups; i++)
			fprintf(f, "%s%u", i ? " " : "", c->groups[i]);
		fputs(" \n", f);
		return true;
	}
	if (is_key(line, "Umask:")) {
		fprintf(f, "Umask:\t%04o\n", (unsigned)mask & 0777);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (is_key(line, caps[i].key)) {
			fprintf(f, "%s\t%016llx\n", caps[i].key, caps[i].set);
			return true;
		}
	for (size_t i = 0; i < ARRAY_SIZE(zero); i++)
		if (is_key(line, zero[i])) {
			fprintf(f, "%s\t0\n", zero[i]);
			return true;
		}
	return false;
}

char *proc_status(const char *in, const struct cred *c, mode_t mask,
		  bool (*outside)(void *arg, long pid), void *arg)
{
	static const char *const pids[] = { "PPid:", "TracerPid:" };
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	/* Name is escaped by the kernel: no task can forge a line with its comm. */
	for (size_t len; *in; in += len) {
		const char *key = NULL;

		len = line_length(in);
		for (size_t i = 0; i < ARRAY_SIZE(pids); i++)
			if (is_key(in, pids[i]) && outside(arg, atol(in + strlen(pids[i]))))
				key = pids[i];
		if (key)
			fprintf(f, "%s\t0\n", key);
		else if (!status_line(f, in, c, mask))
			fwrite(in, 1, len, f);
	}
	return text_close(f, &out);
}

char *proc_stat_line(const char *in, bool (*outside)(void *arg, long pid), void *arg)
{
	/* pid (comm) state ppid ...: comm may hold anything, so from its last parenthesis */
	const char *p = strrchr(in, ')');
	char *out, *end;
	long ppid;

	if (!p || p[1] != ' ' || !p[2] || p[3] != ' ')
		return strdup(in);
	p += 4;
	ppid = strtol(p, &end, 10);
	if (end == p || !outside(arg, ppid))
		return strdup(in);
	out = str_printf("%.*s0%s", (int)(p - in), in, end);
	return out;
}

/* ---- maps ---- */

/* seq_escape(): each byte of @special as a backslash and three octal digits. */
static void put_escaped(FILE *f, const char *s, const char *special)
{
	for (; *s; s++)
		if (strchr(special, *s))
			fprintf(f, "\\%03o", (unsigned char)*s);
		else
			fputc(*s, f);
}

/*
 * Undo that, for the bytes of @special only: a backslash that is none of ours is part of the name.
 * (Where @special has no backslash the kernel does not escape it, and "\012" is ambiguous.)
 */
static void unescape(char *s, const char *special)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			char c = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');

			if (c && strchr(special, c)) {
				*to++ = c;
				s += 4;
				continue;
			}
		}
		*to++ = *s++;
	}
	*to = '\0';
}

#define MAPS_SPECIAL "\n"
#define NUMA_SPECIAL "\n\t= "

/*
 * Find the path in one line of @len bytes. Return its start, or NULL; *@special is what is escaped.
 *
 *	maps, smaps	00400000-0040b000 r-xp 00000000 fd:00 123456          /bin/cat
 *	numa_maps	00400000 default file=/bin/cat mapped=5 N0=5
 *
 * Names that are none begin with a bracket: [heap], [anon:...].
 */
static const char *maps_path(const char *line, size_t *len, const char **special)
{
	static const char file[] = " file=";
	const char *p = line, *end = line + *len;

	while (p < end && (isdigit((unsigned char)*p) || (*p >= 'a' && *p <= 'f')))
		p++;
	if (p == line || p == end)
		return NULL;
	if (*p == '-') {
		for (int column = 0; column < 5; column++) {
			while (p < end && *p != ' ')
				p++;
			while (p < end && *p == ' ')
				p++;
		}
		*special = MAPS_SPECIAL;
		*len = end - p;
	} else {
		p = memmem(p, end - p, file, strlen(file));
		if (!p)
			return NULL;
		p += strlen(file);
		*special = NUMA_SPECIAL;
		*len = strcspn(p, " \n");
	}
	return p < end && *p == '/' ? p : NULL;
}

bool path_is_deleted(const char *path)
{
	size_t len = strlen(path);

	return len > strlen(DELETED) && strcmp(path + len - strlen(DELETED), DELETED) == 0;
}

/* Write the path of @len bytes as the view tells it. Return false: as it is. */
static bool put_path(FILE *f, const char *path, size_t len, const char *special,
		     bool (*map)(void *arg, const char *host, char *view), void *arg)
{
	char host[PATH_MAX + sizeof(DELETED)], view[PATH_MAX];
	bool deleted;

	if (len >= sizeof(host))
		return false;
	memcpy(host, path, len);
	host[len] = '\0';
	unescape(host, special);
	len = strlen(host);
	deleted = path_is_deleted(host);
	if (deleted)
		host[len - strlen(DELETED)] = '\0';
	if (!map(arg, host, view))
		return false;
	put_escaped(f, view, special);
	if (deleted)
		put_escaped(f, DELETED, special);
	return true;
}

char *proc_maps(const char *in, bool (*map)(void *arg, const char *host, char *view), void *arg)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	for (size_t len; *in; in += len) {
		size_t plen;
		const char *special, *path;

		len = line_length(in);
		plen = strcspn(in, "\n");
		path = maps_path(in, &plen, &special);
		if (!path) {
			fwrite(in, 1, len, f);
			continue;
		}
		fwrite(in, 1, path - in, f);
		if (!put_path(f, path, plen, special, map, arg))
			fwrite(path, 1, plen, f);
		fwrite(path + plen, 1, in + len - (path + plen), f);
	}
	return text_close(f, &out);
}

/* ---- mounts ---- */

/* mounts(5) escapes what would end a field, and '#' where a comment could begin. */
#define PATH_SPECIAL   " \t\n\\"
#define SOURCE_SPECIAL " \t\n\\#"

static void put_mount(FILE *f, enum proc_kind kind, const struct proc_mount *m)
{
	const char *source = m->source && *m->source ? m->source : "none";

	switch (kind) {
	case PROC_MOUNTINFO:
		fprintf(f, "%d %d %d:%d ", m->id, m->parent, m->major, m->minor);
		put_escaped(f, m->root ? m->root : "/", PATH_SPECIAL);
		fputc(' ', f);
		put_escaped(f, m->target, PATH_SPECIAL);
		fputc(' ', f);
		put_escaped(f, m->options, PATH_SPECIAL);
		fputs(" - ", f);
		put_escaped(f, m->fstype, SOURCE_SPECIAL);
		fputc(' ', f);
		put_escaped(f, source, SOURCE_SPECIAL);
		/* the super block's own options: whether it is read-only is all that is known */
		fprintf(f, " %s\n", strncmp(m->options, "ro", 2) == 0 ? "ro" : "rw");
		break;
	case PROC_MOUNTSTATS:
		fputs("device ", f);
		put_escaped(f, source, SOURCE_SPECIAL);
		fputs(" mounted on ", f);
		put_escaped(f, m->target, PATH_SPECIAL);
		fputs(" with fstype ", f);
		put_escaped(f, m->fstype, SOURCE_SPECIAL);
		fputc('\n', f);
		break;
	default:
		put_escaped(f, source, SOURCE_SPECIAL);
		fputc(' ', f);
		put_escaped(f, m->target, PATH_SPECIAL);
		fputc(' ', f);
		put_escaped(f, m->fstype, SOURCE_SPECIAL);
		fputc(' ', f);
		put_escaped(f, m->options, PATH_SPECIAL);
		fputs(" 0 0\n", f);
		break;
	}
}

char *proc_mounts(enum proc_kind kind, const struct proc_mount *m, size_t n)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	for (size_t i = 0; i < n; i++)
		put_mount(f, kind, &m[i]);
	return text_close(f, &out);
}
