// SPDX-License-Identifier: GPL-2.0-or-later
/* Which environment: everything that matches, in the registry's order, and why it wins or loses. */
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "chain.h"
#include "util.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin:/usr/games"

static bool socket_answers(const char *path)
{
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (fd < 0 || strlen(path) >= sizeof(a.sun_path))
		return false;
	strcpy(a.sun_path, path);
	return connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
}

/* A display's name in the environment says little in a compartment: its socket may be closed. */
static bool x11_answers(const char *display)
{
	char path[128];

	if (!display || !*display)
		return false;
	if (display[0] != ':')
		return true; /* on another host: the viewer will tell */
	snprintf(path, sizeof(path), "/tmp/.X11-unix/X%.*s", (int)strcspn(display + 1, "."),
		 display + 1);
	return socket_answers(path);
}

static bool wayland_answers(const char *name, const char *dir)
{
	autofree char *path = NULL;

	if (!name || !*name)
		return false;
	if (name[0] == '/')
		return socket_answers(name);
	path = dir ? str_printf("%s/%s", dir, name) : NULL;
	return path && socket_answers(path);
}

void situation_now(struct situation *s, const char *own)
{
	const char *search = getenv("PATH");

	*s = (struct situation){
		.x11 = x11_answers(getenv("DISPLAY")),
		.wayland = wayland_answers(getenv("WAYLAND_DISPLAY"), getenv("XDG_RUNTIME_DIR")),
		.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
	};
	s->search = str_printf("%s:%s", search && *search ? search : DEFAULT_PATH,
			       own ? own : EEL_PROGRAMS);
	if (!s->search)
		s->search = strdup(DEFAULT_PATH);
}

void situation_finish(struct situation *s)
{
	free(steal(&s->search));
}

int program_find(const char *name, const char *search, char out[PATH_MAX])
{
	bool denied = false;
	struct stat st;

	if (strchr(name, '/')) {
		if (snprintf(out, PATH_MAX, "%s", name) >= PATH_MAX || stat(out, &st) < 0)
			return -ENOENT;
		return S_ISREG(st.st_mode) ? 0 : -EACCES;
	}
	for (const char *p = search;; p++) {
		size_t n = strcspn(p, ":");

		if (snprintf(out, PATH_MAX, "%.*s%s%s", (int)n, p, n ? "/" : "", name) < PATH_MAX &&
		    stat(out, &st) == 0 && S_ISREG(st.st_mode)) {
			if (access(out, X_OK) == 0)
				return 0;
			denied = true;
		}
		p += n;
		if (!*p)
			break;
	}
	return denied ? -EACCES : -ENOENT;
}

/* ---- matching ---- */

static bool magic_fits(const struct record_magic *m, const unsigned char *head, size_t nhead)
{
	if (m->offset + m->len > nhead)
		return false;
	for (unsigned i = 0; i < m->len; i++)
		if ((head[m->offset + i] ^ m->bytes[i]) & m->mask[i])
			return false;
	return true;
}

/* How it matches; NULL: it does not. */
static const char *matches(const struct record *rec, const struct content *c, const char *base,
			   const unsigned char *head, size_t nhead)
{
	for (char **t = rec->types; t && *t; t++)
		if (content_is(c, *t))
			return *t;
	/* names come after what the bytes are sure of */
	for (char **g = rec->globs; g && *g && c->strength != STRENGTH_STRONG; g++)
		if (fnmatch(*g, base, FNM_CASEFOLD) == 0)
			return *g;
	if (rec->magic && magic_fits(rec->magic, head, nhead))
		return "its magic";
	return NULL;
}

static void home_expand(const char *path, char out[PATH_MAX])
{
	const char *home = getenv("HOME");

	if (strncmp(path, "~/", 2) == 0 && home)
		snprintf(out, PATH_MAX, "%s/%s", home, path + 2);
	else
		snprintf(out, PATH_MAX, "%s", path);
}

static bool needed_file_there(const char *file, const char *search)
{
	char path[PATH_MAX], where[PATH_MAX];

	home_expand(file, path);
	if (!strchr(path, '/'))
		return program_find(path, search, where) == 0;
	return access(path, F_OK) == 0;
}

static bool display_there(enum display_need need, const struct situation *s)
{
	switch (need) {
	case DISPLAY_NONE:
		return true;
	case DISPLAY_X11:
		return s->x11;
	case DISPLAY_WAYLAND:
		return s->wayland;
	default:
		return s->x11 || s->wayland;
	}
}

/* Which of the files that it needs are not there, and what they would be: into @why. */
static bool files_missing(const struct record *rec, const struct situation *s, bool program,
			  char why[WHY_BYTES])
{
	size_t n = 0;

	for (char **f = rec->needs_files; f && *f; f++)
		if (!needed_file_there(*f, s->search) && n < WHY_BYTES)
			n += snprintf(why + n, WHY_BYTES - n, "%s%s", n ? " and " : "it needs ",
				      *f);
	if (!n)
		return false;
	if (rec->missing && n < WHY_BYTES)
		n += snprintf(why + n, WHY_BYTES - n, ": %s", rec->missing);
	if (!program && n < WHY_BYTES)
		snprintf(why + n, WHY_BYTES - n, "; and %s is not installed%s%s", rec->program,
			 rec->package ? ": package " : "", rec->package ? rec->package : "");
	return true;
}

/* Can it work here? Return: false with the reason; @missing: only its program is not there. */
static bool usable(const struct record *rec, const struct situation *s, const struct content *c,
		   char why[WHY_BYTES], bool *missing)
{
	char where[PATH_MAX];
	bool there;

	*missing = false;
	if (rec->not_now)
		return snprintf(why, WHY_BYTES, "%s", rec->not_now), false;
	if (rec->origin == ORIGIN_BINFMT && c->kind == KIND_DOCUMENT)
		return snprintf(why, WHY_BYTES, "for programs, and this is a document"), false;
	/* Files that only the user has are said first, and together with a missing program. */
	there = program_find(rec->program, s->search, where) == 0;
	if (files_missing(rec, s, there, why))
		return false;
	if (!display_there(rec->display, s))
		return snprintf(why, WHY_BYTES, "there is no display"), false;
	if (rec->terminal && !s->terminal)
		return snprintf(why, WHY_BYTES, "there is no terminal"), false;
	if (!there) {
		*missing = true;
		snprintf(why, WHY_BYTES, "%s is not installed%s%s", rec->program,
			 rec->package ? ": package " : "", rec->package ? rec->package : "");
	}
	return there;
}

static void candidate_add(struct choice *out, size_t i, const char *fmt, ...)
{
	va_list ap;

	if (out->n == CANDIDATES_MAX)
		return;
	out->v[out->n].record = i;
	va_start(ap, fmt);
	vsnprintf(out->v[out->n].why, WHY_BYTES, fmt, ap);
	va_end(ap);
	out->n++;
}

void choose(struct registry *r, const struct situation *s, const struct content *c,
	    const char *path, const unsigned char *head, size_t nhead, bool all, struct choice *out)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t from = 0;

	out->n = 0;
	out->won = out->missing = -1;
	for (int o = 0; o < ORIGIN_COUNT && (all || out->won < 0); o++) {
		registry_load(r, o, c);
		for (; from < r->n && (all || out->won < 0); from++) {
			const struct record *rec = &r->v[from];
			const char *how = matches(rec, c, base, head, nhead);
			bool named = s->ee && strcmp(s->ee, rec->id) == 0, missing;
			char why[WHY_BYTES];

			/* who is named explicitly need not match */
			if (!named && !how)
				continue;
			if (s->ee && !named) {
				candidate_add(out, from, "matches %s, but %s is asked for", how,
					      s->ee);
			} else if (!usable(rec, s, c, why, &missing)) {
				if (missing && out->missing < 0)
					out->missing = out->n;
				candidate_add(out, from, "%s", why);
			} else if (out->won >= 0) {
				candidate_add(out, from, "matches %s, but comes later", how);
			} else {
				out->won = out->n;
				candidate_add(out, from, "%s%s%s", named ? "asked for" : "matches ",
					      named ? "" : how, "");
			}
		}
	}
	if (out->won >= (int)out->n)
		out->won = -1;
	if (out->missing >= (int)out->n)
		out->missing = -1;
}
