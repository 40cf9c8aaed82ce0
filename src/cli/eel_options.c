// SPDX-License-Identifier: GPL-2.0-or-later
/* Where eel is, and what it is told. */
#include "eel_options.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "registry.h"
#include "trust.h"
#include "util.h"

#define CONFIG_BYTES_MAX (1 << 20)
#define LIST_BYTES	 512

static char eel_path[PATH_MAX];

/*
 * A program that comes with ucrun. Built: src/cli/ucrun and @built; installed: bin/ucrun and
 * libexec/uc or bin. Return: a descriptor; -1: it is not there
 */
static int program_open(const char *name, const char *built, char path[PATH_MAX])
{
	const char *places[] = { "", built, "../libexec/uc/" };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int fd = -1;

	if (n < 0)
		return -1;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(places) && fd < 0; i++)
		if (snprintf(path, PATH_MAX, "%s/%s%s", self, places[i], name) < PATH_MAX)
			fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd;
}

void eel_find(struct scvm_eel *e)
{
	e->fd = program_open("eel", "../eel/", eel_path);
	if (e->fd < 0)
		log_info("eel is not next to ucrun: files of other environments will not run");
}

static void config_read(struct trust_policy *p, struct registry *r, bool owner, const char *path)
{
	autofree char *text = NULL;
	ssize_t len = path ? read_file_at(AT_FDCWD, path, CONFIG_BYTES_MAX, &text) : -ENOMEM;

	if (len >= 0)
		trust_read(p, owner, r, path, text, len);
	else if (len != -ENOENT && len != -ENOTDIR)
		log_warn("%s: %s", path ? path : "configuration", strerror(-len));
}

struct words {
	char owner[LIST_BYTES], own[LIST_BYTES];
};

/* What is configured on the host, out of reach for what runs inside. */
static void words_read(struct words *w, const struct compartment *c)
{
	autofree char *conf = str_printf("%s/uc.conf", c->path);
	struct registry_paths none = { 0 };
	struct trust_policy owner, own;
	struct registry r;

	trust_init(&owner);
	trust_init(&own);
	registry_init(&r, &none);
	config_read(&owner, &r, true, "/etc/uc/uc.conf");
	for (unsigned i = 0; i < COMPARTMENT_OWNER_CONFS; i++) {
		autofree char *user = compartment_owner_conf(c, i);

		if (user)
			config_read(&owner, &r, true, user);
	}
	config_read(&own, &r, false, conf);
	for (size_t i = 0; i < r.nmistakes; i++)
		log_warn("%s", r.mistakes[i]);
	registry_finish(&r);
	trust_list_write(&owner, true, w->owner, sizeof(w->owner));
	trust_list_write(&own, false, w->own, sizeof(w->own));
}

void eel_options(struct scvm_eel *e, const struct options *o, const struct compartment *c,
		 bool documents_only)
{
	static char *all[8], *first[8];
	static struct words w;
	size_t n = 0;

	words_read(&w, c);
	if (w.own[0]) {
		all[n++] = "--levels";
		all[n++] = w.own;
	}
	if (w.owner[0]) {
		all[n++] = "--floors";
		all[n++] = w.owner;
	}
	if (o->policy) {
		all[n++] = "--policy";
		all[n++] = (char *)o->policy;
	}
	if (o->require_budget)
		all[n++] = "--require-budget";
	n = 0;
	first[n++] = "--as";
	first[n++] = "ucrun";
	if (o->ee) {
		first[n++] = "--ee";
		first[n++] = (char *)o->ee;
	}
	if (o->explain)
		first[n++] = "--explain";
	if (o->json)
		first[n++] = "--json";
	if (documents_only)
		first[n++] = "--documents-only";
	e->options = all;
	e->first_options = first;
	e->first = o->ee || o->explain || documents_only;
}

/* Root, who has not become the compartment's user yet, may reach what that one may not. */
static bool may_read(const struct compartment *c, const char *path)
{
	struct stat st;

	if (access(path, R_OK) < 0 || stat(path, &st) < 0)
		return false;
	return st.st_mode & 0004 || (st.st_uid == c->host_uid && st.st_mode & 0400);
}

static bool bind_program(struct options *o, const struct compartment *c, char *path, char *dst)
{
	const struct bind_spec bind = { .src = path, .dst = dst, .mode = BIND_RO };

	return may_read(c, path) && options_bind_before(o, &bind, 1) == 0;
}

void eel_binds(const struct scvm_eel *e, struct options *o, const struct compartment *c)
{
	static const struct {
		char *name, *built, *dst;
	} own[] = {
		{ "ucrun-m68k", "../loaders/m68k/", EEL_PROGRAMS "/ucrun-m68k" },
		{ "uc-mac", "../loaders/", EEL_PROGRAMS "/uc-mac" },
		/* its own, when ./do deps brought one */
		{ "libunicorn.so.2", "../loaders/m68k/", EEL_PROGRAMS "/libunicorn.so.2" },
	};
	static char path[ARRAY_SIZE(own)][PATH_MAX];

	if (e->fd >= 0 && bind_program(o, c, eel_path, EEL_OPEN))
		o->open_dir = EEL_OPEN_DIR;
	/* eel is static; these need the host's libraries, which another root does not have */
	for (size_t i = 0; i < ARRAY_SIZE(own) && !o->root; i++) {
		autoclose int fd = program_open(own[i].name, own[i].built, path[i]);

		if (fd >= 0)
			bind_program(o, c, path[i], own[i].dst);
	}
}
