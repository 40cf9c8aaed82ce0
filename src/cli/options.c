// SPDX-License-Identifier: GPL-2.0-or-later
/* ucrun's command line. */
#include "options.h"

#include <getopt.h>
#include <stdarg.h>

#include "scvm.h"
#include "table.h"
#include "trust.h"
#include "util.h"

#define STATUS_FAILED 125

enum {
	OPT_HOSTNAME = 256,
	OPT_TRAP,
	OPT_EE,
	OPT_POLICY,
	OPT_JSON,
	OPT_ALLOW,
	OPT_DISPLAY,
	OPT_HELP,
	OPT_VERSION,
	OPT_REQUIRE_BUDGET,
	OPT_BUDGET
};

static const char *const bind_modes[] = { "rw", "ro", "cow", "mincow", "merge", "tmp" };
_Static_assert(ARRAY_SIZE(bind_modes) == BIND_MODE_COUNT, "a name per mode");

static const char help_text[] =
	"Usage: ucrun [OPTION]... [--] FILE [ARG]...\n"
	"Run FILE in a user compartment: a private, persistent, copy-on-write view of the "
	"machine.\n"
	"\n"
	"  -u, --user NAME        the compartment (default: your login name); made on first use\n"
	"  -e, --ephemeral        forget every change at the end\n"
	"  -r, --root DIR         start from the root file system in DIR instead of the host's\n"
	"  -b, --bind SRC[:DST[:MODE[,except=PATH]...]]\n"
	"                         show SRC at DST; MODE: rw (default), ro, cow, mincow, merge, "
	"tmp\n"
	"  -C, --chdir DIR        start in DIR\n"
	"  -E, --env VAR[=VALUE]  set VAR, or with no value remove it\n"
	"      --hostname NAME    what uname(2) tells\n"
	"      --cpus N, --memory SIZE, --swap SIZE, --pids N, --nofile N\n"
	"                         at most so much, for all sessions of the compartment together\n"
	"                         (nofile: for each process); --cpus 0.5 is half a processor\n"
	"      --cpu-weight N, --io-weight N\n"
	"                         its share when others want it too (100: everybody's)\n"
	"      --require-budget   fail when a limit cannot be enforced here\n"
	"      --trap LEVEL       auto, path or native: how the view is carried (see uc check)\n"
	"      --ee NAME          run FILE by this environment (see uc envs)\n"
	"      --policy POLICY    allow, ask or deny files that are not plainly what they seem\n"
	"      --allow WHAT[,...] userns (namespaces and mounts inside), io_uring: native level "
	"only\n"
	"      --display WHICH    none, host (the caller's) or nested (an X server of its own)\n"
	"  -x, --explain          tell what would run FILE, and why; --json  for programs\n"
	"  -t, --trace[=CLASS,...] log trapped calls; classes: path fd exec cred task net ipc "
	"mount sys\n"
	"  -o, --output FILE      where the trace goes (default: standard error)\n"
	"  -q, --quiet            only errors; -v, --verbose  tell more, -vv everything\n"
	"      --help, --version\n"
	"\n"
	"Exit status: FILE's; 125 ucrun failed, 126 FILE cannot be run, 127 not found, 128+N "
	"signal N.\n";

static _Noreturn void UCRUN_PRINTF(1, 2) usage(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err("%s: see ucrun --help", text);
	exit(STATUS_FAILED);
}

static void *grow(void *p, unsigned n, size_t size)
{
	p = realloc(p, (n + 1) * size);
	if (!p)
		usage("out of memory");
	memset((char *)p + n * size, 0, size);
	return p;
}

/* SRC[:DST[:MODE[,except=PATH]...]]; a backslash before a colon belongs to the name. */
static void parse_bind(struct options *o, const char *arg)
{
	char *part[3] = { 0 }, *text = strdup(arg), *w, *save = NULL;
	struct bind_spec *b;
	unsigned n = 0;

	if (!text)
		usage("out of memory");
	part[n++] = w = text;
	for (char *p = text; *p; p++) {
		if (*p == '\\' && p[1] == ':')
			*w++ = *++p;
		else if (*p == ':' && n < 3) {
			*w++ = '\0';
			part[n++] = w;
		} else
			*w++ = *p;
	}
	*w = '\0';
	o->binds = grow(o->binds, o->nbinds, sizeof(*o->binds));
	b = &o->binds[o->nbinds++];
	b->src = part[0];
	b->dst = part[1] && *part[1] ? part[1] : part[0];
	if (!*b->src)
		usage("--bind %s: no source", arg);
	if (b->dst[0] != '/' && part[1] && *part[1])
		usage("--bind %s: the target must be an absolute path", arg);
	for (char *word = part[2] ? strtok_r(part[2], ",", &save) : NULL; word;
	     word = strtok_r(NULL, ",", &save)) {
		unsigned m = 0;

		if (strncmp(word, "except=", 7) == 0) {
			if (b->nexcept == BIND_EXCEPT_MAX)
				usage("--bind %s: more than %d holes", arg, BIND_EXCEPT_MAX);
			b->except[b->nexcept++] = word + 7;
			continue;
		}
		while (m < BIND_MODE_COUNT && strcmp(word, bind_modes[m]) != 0)
			m++;
		if (m == BIND_MODE_COUNT)
			usage("--bind %s: unknown mode '%s'", arg, word);
		b->mode = m;
	}
}

static enum trap_level parse_trap(const char *level)
{
	static const char *const names[] = { "auto", "path", "native" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(level, names[i]) == 0)
			return i;
	usage("--trap %s: unknown level", level);
}

static enum show parse_show(const char *word)
{
	static const char *const names[] = { "auto", "none", "host", "nested" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(word, names[i]) == 0)
			return i;
	usage("--display %s: must be none, host or nested", word);
}

static unsigned parse_allow(char *list)
{
	char *save = NULL;
	unsigned all = 0;

	for (char *w = strtok_r(list, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		if (strcmp(w, "userns") == 0)
			all |= ALLOW_USERNS;
		else if (strcmp(w, "io_uring") == 0)
			all |= ALLOW_IO_URING;
		else
			usage("--allow %s: must be userns or io_uring", w);
	}
	return all;
}

static void parse_budget(struct options *o, enum budget_key key, const char *text)
{
	char why[96];

	if (budget_parse(key, text, &o->budget.value[key], why, sizeof(why)) < 0)
		usage("--%s %s: %s", budget_key_name(key), text, why);
}

static void set_verbose(void)
{
	log_set_level(log_enabled(LOG_INFO) ? LOG_DEBUG : LOG_INFO);
}

void options_parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "user", required_argument, NULL, 'u' },
		{ "ephemeral", no_argument, NULL, 'e' },
		{ "root", required_argument, NULL, 'r' },
		{ "bind", required_argument, NULL, 'b' },
		{ "chdir", required_argument, NULL, 'C' },
		{ "env", required_argument, NULL, 'E' },
		{ "hostname", required_argument, NULL, OPT_HOSTNAME },
		{ "trap", required_argument, NULL, OPT_TRAP },
		{ "ee", required_argument, NULL, OPT_EE },
		{ "policy", required_argument, NULL, OPT_POLICY },
		{ "explain", no_argument, NULL, 'x' },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "allow", required_argument, NULL, OPT_ALLOW },
		{ "display", required_argument, NULL, OPT_DISPLAY },
		{ "cpus", required_argument, NULL, OPT_BUDGET + BUDGET_CPUS },
		{ "cpu-weight", required_argument, NULL, OPT_BUDGET + BUDGET_CPU_WEIGHT },
		{ "memory", required_argument, NULL, OPT_BUDGET + BUDGET_MEMORY },
		{ "swap", required_argument, NULL, OPT_BUDGET + BUDGET_SWAP },
		{ "pids", required_argument, NULL, OPT_BUDGET + BUDGET_PIDS },
		{ "io-weight", required_argument, NULL, OPT_BUDGET + BUDGET_IO_WEIGHT },
		{ "nofile", required_argument, NULL, OPT_BUDGET + BUDGET_NOFILE },
		{ "require-budget", no_argument, NULL, OPT_REQUIRE_BUDGET },
		{ "trace", optional_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, OPT_HELP },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ 0 },
	};
	int c;

	memset(o, 0, sizeof(*o));
	budget_init(&o->budget);
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:u:er:b:C:E:t::o:qvx", longs, NULL)) != -1) {
		switch (c) {
		case 'u':
			o->user = optarg;
			break;
		case 'e':
			o->ephemeral = true;
			break;
		case 'r':
			o->root = optarg;
			break;
		case 'b':
			parse_bind(o, optarg);
			break;
		case 'C':
			o->cwd = optarg;
			break;
		case 'E':
			if (!*optarg || *optarg == '=')
				usage("--env '%s': no variable name", optarg);
			o->env = grow(o->env, o->nenv, sizeof(*o->env));
			o->env[o->nenv++] = optarg;
			break;
		case OPT_HOSTNAME:
			if (!*optarg || strlen(optarg) > 64)
				usage("--hostname '%s': must have 1 to 64 characters", optarg);
			o->hostname = optarg;
			break;
		case OPT_REQUIRE_BUDGET:
			o->require_budget = true;
			break;
		case OPT_BUDGET ... OPT_BUDGET + BUDGET_KEY_COUNT - 1:
			parse_budget(o, c - OPT_BUDGET, optarg);
			break;
		case OPT_TRAP:
			o->trap = parse_trap(optarg);
			break;
		case OPT_EE:
			o->ee = optarg;
			break;
		case OPT_POLICY:
			if (policy_parse(optarg) < 0)
				usage("--policy %s: must be allow, ask or deny", optarg);
			o->policy = optarg;
			break;
		case OPT_ALLOW:
			o->allow |= parse_allow(optarg);
			break;
		case OPT_DISPLAY:
			o->show = parse_show(optarg);
			break;
		case 'x':
			o->explain = true;
			break;
		case OPT_JSON:
			o->json = true;
			break;
		case 't':
			o->trace = true;
			if (optarg && !(o->trace_classes = scvm_trace_classes(optarg)))
				usage("--trace=%s: unknown class", optarg);
			break;
		case 'o':
			o->trace_file = optarg;
			break;
		case 'q':
			log_set_level(LOG_ERR);
			break;
		case 'v':
			set_verbose();
			break;
		case OPT_HELP:
			fputs(help_text, stdout);
			exit(fflush(stdout) ? STATUS_FAILED : 0);
		case OPT_VERSION:
			printf("ucrun %s\n", UCRUN_VERSION);
			exit(fflush(stdout) ? STATUS_FAILED : 0);
		case ':':
			usage("%s: needs a value", argv[optind - 1]);
		default:
			if (optopt && optopt < 256)
				usage("-%c: unknown option", optopt);
			usage("%s: unknown option", argv[optind - 1]);
		}
	}
	if (optind == argc)
		usage("no FILE given");
	if (!*argv[optind])
		usage("FILE is empty");
	if (o->json && !o->explain)
		usage("--json: goes with --explain");
	o->argv = argv + optind;
}

int options_bind_before(struct options *o, const struct bind_spec *binds, unsigned n)
{
	struct bind_spec *all = calloc(o->nbinds + n + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	if (n)
		memcpy(all, binds, n * sizeof(*all));
	if (o->nbinds)
		memcpy(all + n, o->binds, o->nbinds * sizeof(*all));
	free(o->binds);
	o->binds = all;
	o->nbinds += n;
	return 0;
}
