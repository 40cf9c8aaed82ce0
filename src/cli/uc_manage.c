// SPDX-License-Identifier: GPL-2.0-or-later
/* uc list, info, reset, rm: compartments as a whole. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "layer_dirs.h"
#include "native.h"
#include "session.h"
#include "uc.h"

static int live_sessions(const struct compartment *c)
{
	struct session_info *list;
	int n = session_list(c, &list);

	if (n >= 0)
		session_list_free(list, n);
	return n < 0 ? 0 : n;
}

static void list_one(const char *name, bool json, bool first)
{
	char err[COMPARTMENT_ERR_BYTES];
	struct compartment *c = NULL;
	int ret = compartment_open(&c, name, 0, err, sizeof(err));
	int live = ret == 0 ? live_sessions(c) : 0;

	if (json) {
		fputs(first ? "\n{" : ",\n{", stdout);
		json_str(stdout, true, "name", name);
		if (ret < 0) {
			json_str(stdout, false, "error", err);
		} else {
			json_str(stdout, false, "path", c->path);
			json_num(stdout, false, "host_uid", c->host_uid);
			json_num(stdout, false, "sessions", live);
		}
		fputc('}', stdout);
	} else if (ret < 0) {
		printf("%-24s unusable: %s\n", name, err);
	} else {
		printf("%-24s %d session%s\n", name, live, live == 1 ? "" : "s");
	}
	compartment_destroy(c);
}

int uc_list(const struct uc_args *a)
{
	char err[COMPARTMENT_ERR_BYTES];
	char **names;
	int n = compartment_list(&names, err, sizeof(err));

	if (n < 0) {
		log_err("%s", err);
		return UC_FAILED;
	}
	if (a->json)
		putchar('[');
	for (int i = 0; i < n; i++)
		list_one(names[i], a->json, i == 0);
	if (a->json)
		printf("%s]\n", n ? "\n" : "");
	compartment_list_free(names);
	return UC_OK;
}

/* ---- info ---- */

struct usage {
	long long bytes, files;
	bool incomplete; /* something could not be read */
};

static void usage_walk(int dirfd, const char *name, struct usage *u)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;
	struct stat st;

	if (!d) {
		util_close_fd(&fd);
		u->incomplete = u->incomplete || errno != ENOENT;
		return;
	}
	while ((ent = readdir(d))) {
		if (!strcmp(ent->d_name, ".") || !strcmp(ent->d_name, "..") ||
		    fstatat(fd, ent->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		/* A file with n names is counted n times, an n-th part each. */
		u->bytes += st.st_blocks * 512LL /
			    (st.st_nlink && !S_ISDIR(st.st_mode) ? st.st_nlink : 1);
		u->files++;
		if (S_ISDIR(st.st_mode))
			usage_walk(fd, ent->d_name, u);
	}
	closedir(d);
}

static void info_layers(const struct compartment *c, bool json)
{
	int fd = openat(c->dirfd, "layers", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;
	bool first = true;

	if (json)
		printf(",\"layers\":[");
	while (d && (ent = readdir(d))) {
		bool is_root = !strncmp(ent->d_name, LAYER_ROOT "%2F", strlen(LAYER_ROOT "%2F"));
		const char *name = ent->d_name + (is_root ? strlen(LAYER_ROOT) : 0);

		if (ent->d_name[0] == '.')
			continue;
		layer_unescape((char *)name);
		if (json) {
			fputs(first ? "{" : ",{", stdout);
			json_str(stdout, true, is_root ? "root" : "target", name);
			putchar('}');
		} else {
			autofree char *shown = str_escape(name);

			printf("%-10s %s%s\n", first ? "layers" : "", is_root ? "--root " : "",
			       shown ? shown : "?");
		}
		first = false;
	}
	if (d)
		closedir(d);
	if (json)
		putchar(']');
}

struct nested_info {
	bool json, any;
};

static void info_nested_one(const struct compartment *c, void *arg)
{
	struct nested_info *info = arg;
	int live = live_sessions(c);

	if (info->json) {
		fputs(info->any ? ",{" : "{", stdout);
		json_str(stdout, true, "name", c->name);
		json_num(stdout, false, "sessions", live);
		putchar('}');
	} else {
		printf("%-10s %s, %d session%s\n", info->any ? "" : "nested", c->name, live,
		       live == 1 ? "" : "s");
	}
	info->any = true;
}

static void info_nested(const struct compartment *c, bool json)
{
	struct nested_info info = { json, false };

	if (json)
		printf(",\"nested\":[");
	uc_nested_each(c, info_nested_one, &info);
	if (json)
		putchar(']');
}

static void time_text(time_t t, char *buf, size_t size)
{
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "?");
}

int uc_info(const struct uc_args *a)
{
	struct compartment *c = uc_open(a->argv[0]);
	struct budget_view *budget = c ? budget_view_take(c) : NULL;
	char err[COMPARTMENT_ERR_BYTES];
	struct usage u = { 0 };
	char when[64];
	struct stat st;
	int live;

	if (!c)
		return UC_FAILED;
	/* Reading takes no more than the owner's rights, and shows what the compartment sees. */
	if (compartment_become(c, err, sizeof(err)) < 0) {
		log_err("%s", err);
		budget_view_destroy(budget);
		compartment_destroy(c);
		return UC_FAILED;
	}
	usage_walk(c->dirfd, "upper", &u);
	usage_walk(c->dirfd, "layers", &u);
	live = live_sessions(c);
	if (fstatat(c->dirfd, "format", &st, AT_SYMLINK_NOFOLLOW) < 0)
		st.st_mtime = 0;
	if (a->json) {
		putchar('{');
		json_str(stdout, true, "name", c->name);
		json_str(stdout, false, "path", c->path);
		json_num(stdout, false, "format", COMPARTMENT_FORMAT);
		json_num(stdout, false, "host_uid", c->host_uid);
		json_num(stdout, false, "host_gid", c->host_gid);
		json_str(stdout, false, "host_user", c->login);
		json_num(stdout, false, "made", st.st_mtime);
		json_num(stdout, false, "bytes", u.bytes);
		json_num(stdout, false, "files", u.files);
		json_num(stdout, false, "sessions", live);
		info_layers(c, true);
		info_nested(c, true);
		budget_view_show(budget, true);
		printf("}\n");
	} else {
		autofree char *path = str_escape(c->path);

		time_text(st.st_mtime, when, sizeof(when));
		printf("name       %s\npath       %s\n", c->name, path ? path : "?");
		printf("host user  %s (uid %u, gid %u)\n", c->login ? c->login : "of its own",
		       c->host_uid, c->host_gid);
		printf("made       %s\n", when);
		printf("changes    %lld bytes in %lld files%s\n", u.bytes, u.files,
		       u.incomplete ? ", at least" : "");
		printf("sessions   %d\n", live);
		info_layers(c, false);
		info_nested(c, false);
		budget_view_show(budget, false);
	}
	budget_view_destroy(budget);
	compartment_destroy(c);
	return UC_OK;
}

/* ---- reset, rm ---- */

static int change(const struct uc_args *a, int (*fn)(struct compartment *c, char *err, size_t len))
{
	char err[COMPARTMENT_ERR_BYTES];
	struct compartment *c = uc_open(a->argv[0]);
	int ret;

	if (!c)
		return UC_FAILED;
	ret = native_clear(c, err, sizeof(err));
	if (ret == 0 || ret == -EBUSY) /* sessions run: that is for the other to say */
		ret = fn(c, err, sizeof(err));
	if (ret < 0)
		log_err("%s", err);
	compartment_destroy(c);
	return ret < 0 ? UC_FAILED : UC_OK;
}

int uc_reset(const struct uc_args *a)
{
	return change(a, compartment_reset);
}

int uc_rm(const struct uc_args *a)
{
	return change(a, compartment_remove);
}
