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

void eel_find(struct scvm_eel *e)
{
	/* built: src/cli/ucrun and src/eel/eel; installed: bin/ucrun and libexec/uc/eel */
	static const char *const places[] = { "eel", "../eel/eel", "../libexec/uc/eel" };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	e->fd = -1;
	if (n < 0)
		return;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(places) && e->fd < 0; i++) {
		if (snprintf(eel_path, sizeof(eel_path), "%s/%s", self, places[i]) <
		    (int)sizeof(eel_path))
			e->fd = open(eel_path, O_RDONLY | O_CLOEXEC);
	}
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

void eel_options(struct scvm_eel *e, const struct options *o, const struct compartment *c)
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
	e->options = all;
	e->first_options = first;
	e->first = o->ee || o->explain;
}

/* Root, who has not become the compartment's user yet, may reach what that one may not. */
static bool may_run(const struct compartment *c)
{
	struct stat st;

	if (access(eel_path, R_OK | X_OK) < 0 || stat(eel_path, &st) < 0)
		return false;
	return (st.st_mode & 0005) == 0005 ||
	       (st.st_uid == c->host_uid && (st.st_mode & 0500) == 0500);
}

void eel_binds(const struct scvm_eel *e, struct options *o, const struct compartment *c)
{
	struct bind_spec *binds;

	if (e->fd < 0 || !may_run(c))
		return;
	binds = calloc(o->nbinds + 1, sizeof(*binds));
	if (!binds)
		return;
	/* before the user's, which may cover it */
	if (o->nbinds)
		memcpy(binds + 1, o->binds, o->nbinds * sizeof(*binds));
	binds[0] = (struct bind_spec){ .src = eel_path, .dst = EEL_OPEN, .mode = BIND_RO };
	o->binds = binds;
	o->nbinds++;
	o->open_dir = EEL_OPEN_DIR;
}
