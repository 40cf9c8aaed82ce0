// SPDX-License-Identifier: GPL-2.0-or-later
/* ucrun: run a file in a user compartment. Options and wiring. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "budget_run.h"
#include "build_view.h"
#include "compartment.h"
#include "options.h"
#include "scvm.h"
#include "session.h"
#include "util.h"

#define STATUS_FAILED 125

extern char **environ;

static _Noreturn void fatal(const char *text)
{
	log_err("%s", text);
	exit(STATUS_FAILED);
}

/* In a session the directory of compartments fails first, and is not to blame. */
static _Noreturn void fatal_before_session(const char *text)
{
	fatal(scvm_other_listener() ? SCVM_OTHER_LISTENER : text);
}

static void env_set(char **env, const char *name, size_t len, char *assignment)
{
	size_t i;

	for (i = 0; env[i]; i++)
		if (strncmp(env[i], name, len) == 0 && env[i][len] == '=')
			break;
	if (assignment) {
		env[i] = assignment; /* there is room: see environment() */
		return;
	}
	for (; env[i]; i++)
		env[i] = env[i + 1];
}

/* The program's environment: ours, with the compartment's user in it, then -E. */
static char **environment(const struct options *o, const struct compartment *c, bool was_root)
{
	static char **env; /* until the process ends */
	size_t n = 0, room;

	while (environ[n])
		n++;
	room = n + o->nenv + 8;
	env = calloc(room, sizeof(*env));
	if (!env)
		fatal("out of memory");
	memcpy(env, environ, n * sizeof(*env));
	env_set(env, "UC", 2, str_printf("UC=%s", c->name));
	if (was_root && c->home && c->login && strcmp(c->login, "root") != 0)
		env_set(env, "HOME", 4, str_printf("HOME=%s", c->home));
	for (unsigned i = 0; i < o->nenv; i++) {
		size_t len = strcspn(o->env[i], "=");

		env_set(env, o->env[i], len, o->env[i][len] ? o->env[i] : NULL);
	}
	return env;
}

/* Where the program starts: -C, or where we are, when the compartment's user can be there. */
static const char *start_directory(const struct options *o)
{
	static char cwd[PATH_MAX], start[2 * PATH_MAX];

	if (o->cwd && o->cwd[0] == '/')
		return o->cwd;
	if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/' || access(cwd, X_OK) < 0) {
		if (o->root)
			return "/";
		log_warn("%s: the compartment's user cannot be here: starting in /",
			 cwd[0] == '/' ? cwd : "working directory");
		strcpy(cwd, "/");
	}
	snprintf(start, sizeof(start), "%s/%s", o->root ? "" : cwd, o->cwd ? o->cwd : "");
	return o->cwd || o->root ? start : cwd;
}

static FILE *trace_open(const struct options *o)
{
	FILE *f;
	int fd;

	if (!o->trace)
		return NULL;
	if (!o->trace_file) {
		fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
		f = fd < 0 ? NULL : fdopen(fd, "w");
	} else {
		f = fopen(o->trace_file, "we");
	}
	if (!f) {
		autofree char *text =
			str_printf("%s: %s: the trace cannot be written there",
				   o->trace_file ? o->trace_file : "stderr", strerror(errno));
		fatal(text);
	}
	return f;
}

static int end_as(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return 128 + WTERMSIG(status);
}

/* 0, 1 and 2 must be something: a descriptor of ours there would be the program's input. */
static void stdio_fill(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 3)
		close(fd);
}

int main(int argc, char **argv)
{
	char err[COMPARTMENT_ERR_BYTES] = "";
	struct scvm_config cfg = { 0 };
	struct build build = { 0 };
	struct budget_run budget;
	struct view_error verr;
	struct compartment *c;
	struct session *s;
	static struct options o; /* the process's own, as what it points to */
	struct view *view;
	bool was_root = geteuid() == 0;
	int status = 0, ret;

	stdio_fill();
	log_name("ucrun");
	options_parse(argc, argv, &o);
	cfg.trace = trace_open(&o);
	cfg.umask = umask(0); /* the program's; every mode that we use is meant as it stands */
	if (compartment_open(&c, o.user, COMPARTMENT_CREATE, err, sizeof(err)) < 0)
		fatal_before_session(err);
	if (budget_run_begin(&budget, c, &o, err, sizeof(err)) < 0)
		fatal_before_session(err);
	if (compartment_become(c, err, sizeof(err)) < 0)
		fatal_before_session(err);
	if (session_begin(&s, c, o.argv, err, sizeof(err)) < 0)
		fatal_before_session(err);
	build = (struct build){ c,	 s,	   o.root,	o.ephemeral,
				o.binds, o.nbinds, c->host_uid, c->host_gid };
	if (build_view(&build, &view, &verr) < 0) {
		session_end(s);
		fatal_before_session(verr.text);
	}
	cfg.view = view;
	cfg.argv = o.argv;
	cfg.envp = environment(&o, c, was_root);
	cfg.cwd = start_directory(&o);
	cfg.hostname = o.hostname;
	cfg.tmp = session_tmp(s);
	cfg.traps = session_traps(s);
	cfg.trace_classes = o.trace_classes;
	cfg.host_uid = c->host_uid;
	cfg.host_gid = c->host_gid;
	cfg.enter = budget_run_enter;
	cfg.look = budget_run_look;
	cfg.budget_arg = &budget;
	cfg.nofile = budget_run_nofile(&budget);
	ret = scvm_run(&cfg, &status, err, sizeof(err));
	session_end(s);
	compartment_destroy(c);
	budget_run_end(&budget);
	if (ret < 0)
		fatal(err);
	return end_as(status);
}
