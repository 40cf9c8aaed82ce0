// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * eel: run a file with the environment that can run it.
 *
 * An ordinary program, inside a compartment or outside of one: it recognises the file, chooses,
 * judges, asks, and becomes the first native program of the chain. The supervisor of a session
 * executes it for every file that the kernel would not run. It is linked statically, because a
 * view may hold another system's libraries, or none.
 */
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "ask.h"
#include "chain.h"
#include "explain.h"
#include "own_budget.h"
#include "trust.h"
#include "util.h"

#define STATUS_FAILED	    125
#define STATUS_NOT_RUNNABLE 126
#define STATUS_NOT_FOUND    127
#define HEAD_FOR_RECORDS    4096
#define ORIGIN_URL_BYTES    512
#define CONFIG_BYTES_MAX    (1 << 20)
#define NESTED_MAX	    32 /* eel in a program that eel started, and so on */
#define NESTED_VARIABLE	    "UC_EEL_DEPTH"

struct run {
	const char *file; /* as it was given */
	char *const *args; /* its own arguments */
	bool explain, json, open, exact, documents_only, require_budget;
	struct situation situation;
	struct trust_policy policy;
	struct registry registry;
	struct mime *mime;

	char path[PATH_MAX]; /* where it is */
	int fd;
	struct content content;
	struct choice choice;
	struct chain chain;
	struct judgement judgement;
	bool chosen, chained;
	char problem[2 * WHY_BYTES];
	int status; /* of the problem */
};

static const char help_text[] =
	"Usage: eel [OPTION]... [--] FILE [ARG]...\n"
	"       open FILE\n"
	"Run FILE with the environment that can run it.\n"
	"\n"
	"      --ee NAME        by this environment\n"
	"      --explain        tell what would be done, and why; --json  for programs\n"
	"      --list           the environments that there are\n"
	"      --policy POLICY  allow, ask or deny what is not plainly allowed\n"
	"      --help, --version\n"
	"\n"
	"Exit status: FILE's; 125 eel failed, 126 FILE may not or cannot be run, 127 not found or "
	"no\n"
	"program for it is installed.\n";

static _Noreturn void usage(const char *what, const char *why)
{
	log_err("%s: %s: see eel --help", what, why);
	exit(STATUS_FAILED);
}

static int problem(struct run *r, int status, const char *fmt, ...) UCRUN_PRINTF(3, 4);

static int problem(struct run *r, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->problem, sizeof(r->problem), fmt, ap);
	va_end(ap);
	r->status = status;
	return -1;
}

/* ---- finding out ---- */

/* As a shell would, and then as a document in the working directory. */
static int file_open(struct run *r)
{
	int ret = -ENOENT;

	if (!strchr(r->file, '/') && !r->exact && !r->open)
		ret = program_find(r->file, r->situation.search, r->path);
	if (ret < 0)
		snprintf(r->path, sizeof(r->path), "%s", r->file);
	r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (r->fd >= 0)
		return 0;
	return problem(r,
		       errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_NOT_RUNNABLE,
		       "%s", errno == ENOENT ? "not found" : strerror(errno));
}

static int recognise_it(struct run *r)
{
	int ret;

	r->mime = mime_open(MIME_DATABASE);
	ret = recognise_fd(r->fd, r->path, r->mime, &r->content);
	if (ret < 0)
		return problem(r, STATUS_NOT_RUNNABLE, "%s",
			       ret == -EISDIR	? "is a directory"
			       : ret == -EINVAL ? "is a FIFO, a socket or a device, and no file"
						: strerror(-ret));
	return 0;
}

static void nobody(struct run *r)
{
	const struct candidate *c;

	if (r->situation.ee && !registry_by_id(&r->registry, r->situation.ee)) {
		problem(r, STATUS_FAILED, "there is no environment %s", r->situation.ee);
	} else if (r->choice.missing >= 0) {
		c = &r->choice.v[r->choice.missing];
		problem(r, STATUS_NOT_FOUND, "%s: %s", r->content.type, c->why);
	} else if (r->choice.n) {
		c = &r->choice.v[0];
		problem(r, STATUS_NOT_RUNNABLE, "%s: %s would run it, but %s", r->content.type,
			r->registry.v[c->record].id, c->why);
	} else {
		problem(r, STATUS_NOT_RUNNABLE, "no environment is known for %s%s%s",
			r->content.type, r->content.detail[0] ? ": " : "", r->content.detail);
	}
}

static void choose_it(struct run *r)
{
	unsigned char head[HEAD_FOR_RECORDS];
	ssize_t n = pread(r->fd, head, sizeof(head), 0);
	char why[WHY_BYTES] = "";
	int ret;

	choose(&r->registry, &r->situation, &r->content, r->path, head, n < 0 ? 0 : n, r->explain,
	       &r->choice);
	r->chosen = true;
	if (r->choice.won < 0) {
		nobody(r);
		return;
	}
	ret = chain_build(&r->registry, &r->situation, r->mime, r->choice.v[r->choice.won].record,
			  r->path, r->args, &r->chain, why);
	r->chained = ret == 0;
	if (ret < 0)
		problem(r, ret == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUNNABLE, "%s",
			why[0] ? why : strerror(-ret));
}

static const struct record *environment(const struct run *r)
{
	return r->chosen && r->choice.won >= 0 ? &r->registry.v[r->choice.v[r->choice.won].record]
					       : NULL;
}

static void judge_it(struct run *r)
{
	char url[ORIGIN_URL_BYTES];
	ssize_t n = fgetxattr(r->fd, "user.xdg.origin.url", url, sizeof(url) - 1);

	if (n < 0 && errno == ERANGE)
		n = snprintf(url, sizeof(url), "a very long address");
	url[n < 0 ? 0 : n] = '\0';
	trust_judge(&r->policy, &r->content, r->path, environment(r), n > 0 ? url : NULL,
		    &r->judgement);
}

/* The caller's display was opened because of the file's name. What executes must not have it. */
static void only_documents(struct run *r)
{
	const struct record *env = environment(r);

	if (!r->documents_only || r->problem[0])
		return;
	if (r->content.native || (env && env->class != ENV_DOCUMENT))
		problem(r, STATUS_NOT_RUNNABLE,
			"its name is a document's, and it is none: --display none or host says "
			"whether it gets the display");
}

/* ---- doing ---- */

static bool agreed(struct run *r)
{
	const struct record *env = environment(r);
	const char *store = decision_store();
	autofree char *text = NULL;
	char hash[HASH_TEXT];
	enum answer a;
	int found;

	if (hash_file(r->fd, hash) < 0)
		return false;
	found = decision_find(store, hash, r->judgement.rule, env ? env->id : NULL);
	if (found >= 0)
		return found == ANSWER_YES;
	text = question_text(r->path, &r->content, env, &r->judgement);
	a = text ? question_ask(text) : ANSWER_NO;
	if (a == ANSWER_ALWAYS || a == ANSWER_NEVER) {
		int ret = decision_add(store, hash, r->judgement.rule, env ? env->id : NULL,
				       a == ANSWER_ALWAYS);

		if (ret < 0)
			log_warn("%s: the answer cannot be remembered: %s", store, strerror(-ret));
	}
	return a == ANSWER_YES || a == ANSWER_ALWAYS;
}

static int permit(struct run *r)
{
	switch (r->judgement.verdict) {
	case TRUST_TRANSPARENT:
		return 0;
	case TRUST_ASK:
		if (agreed(r))
			return 0;
		return problem(r, STATUS_NOT_RUNNABLE, "not run: %s: the answer was no",
			       r->judgement.why);
	default:
		return problem(r, STATUS_NOT_RUNNABLE, "not run: %s: %s", r->judgement.why,
			       r->judgement.fixed ? "this machine's owner does not allow it"
						  : "--policy allow overrides");
	}
}

static void nested(struct run *r)
{
	const char *before = getenv(NESTED_VARIABLE);
	int depth = before ? atoi(before) : 0;
	char text[16];

	if (depth >= NESTED_MAX) {
		problem(r, STATUS_NOT_RUNNABLE, "environments start each other without end");
		return;
	}
	snprintf(text, sizeof(text), "%d", depth + 1);
	setenv(NESTED_VARIABLE, text, 1);
}

static int enter_budget(struct run *r)
{
	struct budget b;
	const char *id = r->chained ? own_budget_of(&r->registry, &r->chain, &b) : NULL;
	char why[WHY_BYTES];

	if (!id || own_budget_enter(id, &b, r->require_budget, why) == 0)
		return 0;
	if (r->require_budget)
		return problem(r, STATUS_FAILED, "%s", why);
	log_warn("%s", why);
	return 0;
}

static void become(struct run *r)
{
	char *const *argv = r->chained ? r->chain.argv : NULL;
	char **own;
	size_t n = 0;

	if (argv) {
		execv(argv[0], argv);
		problem(r, STATUS_NOT_RUNNABLE, "%s: %s", argv[0], strerror(errno));
		return;
	}
	while (r->args[n])
		n++;
	own = calloc(n + 2, sizeof(*own));
	if (!own)
		return;
	own[0] = (char *)r->file;
	memcpy(own + 1, r->args, n * sizeof(*own));
	execv(r->path, own);
	problem(r, STATUS_NOT_RUNNABLE, "%s",
		errno == EACCES ? "not executable: chmod +x it" : strerror(errno));
	free(own);
}

static void explain_it(const struct run *r)
{
	char *native[] = { (char *)r->path, NULL };
	struct finding f = {
		.path = r->path,
		.content = &r->content,
		.registry = &r->registry,
		.choice = r->chosen ? &r->choice : NULL,
		.chain = r->chained ? &r->chain : NULL,
		.problem = r->problem[0] ? r->problem : NULL,
		.judgement = &r->judgement,
		.argv = r->chained	    ? r->chain.argv
			: r->content.native ? native
					    : NULL,
	};

	(r->json ? explain_json : explain_text)(stdout, &f);
}

/* What is wrong in others' files is told by --explain and --list only. */
static void tell(struct run *r)
{
	autofree char *shown = str_escape(r->path[0] ? r->path : r->file ? r->file : "");
	autofree char *why = str_escape(r->problem);

	for (size_t i = 0; i < r->registry.nown; i++) {
		autofree char *m = str_escape(r->registry.mistakes[i]);

		log_warn("%s", m ? m : "out of memory");
	}
	if (r->problem[0])
		log_err("%s: %s", shown ? shown : "?", why ? why : "?");
}

static int run(struct run *r)
{
	bool native;

	if (file_open(r) < 0 || recognise_it(r) < 0) {
		if (r->explain && r->json)
			explain_failure_json(stdout, r->path, r->problem);
		return r->status;
	}
	native = r->content.native && !r->situation.ee;
	if (!native)
		choose_it(r);
	else if (r->open)
		problem(r, STATUS_NOT_RUNNABLE, "is a program: execute it by its path");
	judge_it(r);
	only_documents(r);
	if (r->explain) {
		explain_it(r);
		return 0;
	}
	/* A refusal for the name says more than a missing program. */
	if (r->problem[0] && r->judgement.verdict != TRUST_DENY)
		return r->status;
	if (permit(r) < 0)
		return r->status;
	nested(r);
	if (!r->problem[0]) {
		tell(r); /* mistakes in the registry */
		if (enter_budget(r) == 0)
			become(r);
	}
	return r->status;
}

static int list(struct run *r)
{
	for (int o = 0; o < ORIGIN_COUNT; o++)
		registry_load(&r->registry, o, NULL);
	registry_check(&r->registry);
	(r->json ? environments_json : environments_text)(stdout, &r->registry, &r->situation);
	r->registry.nown = r->json ? 0 : r->registry.nmistakes;
	tell(r);
	return fflush(stdout) ? STATUS_FAILED : 0;
}

/* ---- options ---- */

static void config_read(struct run *r, const char *path, bool owner)
{
	autofree char *text = NULL;
	ssize_t len = read_file_at(AT_FDCWD, path, CONFIG_BYTES_MAX, &text);

	if (len >= 0)
		trust_read(&r->policy, owner, &r->registry, path, text, len);
}

static void configure(struct run *r)
{
	const char *home = getenv("HOME"), *config = getenv("XDG_CONFIG_HOME");
	autofree char *own = config && config[0] == '/' ? str_printf("%s/uc/uc.conf", config)
			     : home			? str_printf("%s/.config/uc/uc.conf", home)
							: NULL;

	registry_init(&r->registry, NULL);
	trust_init(&r->policy);
	if (own)
		config_read(r, own, false);
	config_read(r, "/etc/uc/uc.conf", true);
	situation_now(&r->situation, NULL);
}

enum {
	OPT_EE = 256,
	OPT_EXPLAIN,
	OPT_JSON,
	OPT_LIST,
	OPT_POLICY,
	OPT_AS,
	OPT_FLOORS,
	OPT_LEVELS,
	OPT_RUN,
	OPT_DOCUMENTS_ONLY,
	OPT_REQUIRE_BUDGET,
	OPT_HELP,
	OPT_VERSION
};

/*
 * --as, --levels, --floors, --run, --documents-only and --require-budget are the supervisor's: what
 * to be called, the compartment's and the owner's word, an exact path, a display that was opened
 * for a viewer, a budget that must hold.
 */
static const struct option longs[] = {
	{ "ee", required_argument, NULL, OPT_EE },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "as", required_argument, NULL, OPT_AS },
	{ "floors", required_argument, NULL, OPT_FLOORS },
	{ "levels", required_argument, NULL, OPT_LEVELS },
	{ "run", no_argument, NULL, OPT_RUN },
	{ "documents-only", no_argument, NULL, OPT_DOCUMENTS_ONLY },
	{ "require-budget", no_argument, NULL, OPT_REQUIRE_BUDGET },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

/* Return: is the list of environments asked for? */
static bool parse(int argc, char **argv, struct run *r)
{
	bool listing = false;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:", longs, NULL)) != -1) {
		int policy;

		switch (c) {
		case OPT_EE:
			r->situation.ee = optarg;
			break;
		case OPT_EXPLAIN:
			r->explain = true;
			break;
		case OPT_JSON:
			r->json = true;
			break;
		case OPT_LIST:
			listing = true;
			break;
		case OPT_POLICY:
			policy = policy_parse(optarg);
			if (policy < 0)
				usage(optarg, "--policy wants allow, ask or deny");
			r->policy.override = policy;
			break;
		case OPT_AS:
			log_name(optarg);
			break;
		case OPT_LEVELS:
		case OPT_FLOORS:
			if (trust_list_read(&r->policy, c == OPT_FLOORS, optarg) < 0)
				usage(optarg, "not a list of rules and levels");
			break;
		case OPT_RUN:
			r->exact = true;
			break;
		case OPT_DOCUMENTS_ONLY:
			r->documents_only = true;
			break;
		case OPT_REQUIRE_BUDGET:
			r->require_budget = true;
			break;
		case OPT_HELP:
			fputs(help_text, stdout);
			exit(fflush(stdout) ? STATUS_FAILED : 0);
		case OPT_VERSION:
			printf("eel %s\n", UCRUN_VERSION);
			exit(fflush(stdout) ? STATUS_FAILED : 0);
		case ':':
			usage(argv[optind - 1], "needs a value");
		default:
			usage(argv[optind - 1], "unknown option");
		}
	}
	if (!listing && optind == argc)
		usage("FILE", "none is given");
	if (!listing) {
		r->file = argv[optind];
		r->args = argv + optind + 1;
	}
	return listing;
}

int main(int argc, char **argv)
{
	static struct run r = { .fd = -1 };
	const char *base = strrchr(argv[0] ? argv[0] : "eel", '/');
	int status;

	base = base ? base + 1 : argv[0] ? argv[0] : "eel";
	r.open = strcmp(base, "open") == 0;
	log_name(r.open ? "open" : "eel");
	configure(&r);
	status = parse(argc, argv, &r) ? list(&r) : run(&r);
	if (status)
		tell(&r);
	if (fflush(stdout) && !status)
		status = STATUS_FAILED;
	chain_finish(&r.chain);
	situation_finish(&r.situation);
	registry_finish(&r.registry);
	mime_destroy(r.mime);
	return status;
}
