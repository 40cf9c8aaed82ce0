// SPDX-License-Identifier: GPL-2.0-or-later
/* uc: look after compartments. Options and wiring; each command is in a file uc_*.c. */
#include "uc.h"
#include "native.h"

#include <fcntl.h>
#include <getopt.h>
#include <sys/resource.h>

#include "cgroup.h"

enum allowed {
	OPT_JSON = 1 << 0,
	OPT_OUTPUT = 1 << 1,
	OPT_ROOT = 1 << 2,
	OPT_ONCE = 1 << 3,
	OPT_LIMITS = 1 << 4,
};

#define OPT_LIMIT 256 /* what getopt says of a key of a budget: from here on */

struct command {
	const char *name, *args, *summary, *more;
	unsigned allowed; /* enum allowed */
	int min_args, max_args;
	int (*run)(const struct uc_args *a);
};

static const struct command commands[] = {
	{ "list", "", "the compartments there are", NULL, OPT_JSON, 0, 0, uc_list },
	{ "info", "NAME", "where a compartment is, whose it is, how big, what runs in it", NULL,
	  OPT_JSON, 1, 1, uc_info },
	{ "check", "", "what this machine lets ucrun do, and how to get the rest",
	  "Everything is tried, nothing is assumed. Exit status 0 when ucrun can run.\n", OPT_JSON,
	  0, 0, uc_check },
	{ "diff", "NAME [PATH]", "what was added (A), modified (M) or deleted (D) in it",
	  "Paths are those seen inside; with PATH only those at and below it. A directory is "
	  "listed\n"
	  "when it was added, deleted, or its owner or mode changed; what was in a deleted "
	  "directory\n"
	  "is not listed. Odd bytes in names are shown as \\xNN.\n",
	  OPT_JSON | OPT_ROOT, 1, 2, uc_diff },
	{ "export", "NAME[/INNER]", "write its changes as a tar archive",
	  "A POSIX pax archive, as container image layers are: a file .wh.NAME stands for a "
	  "deleted\n"
	  "NAME, a file .wh..wh..opq for a directory that hides all that the host has in it. "
	  "Owners\n"
	  "and modes are those seen inside. Sockets are left out.\n",
	  OPT_OUTPUT | OPT_ROOT, 1, 1, uc_export },
	{ "reset", "NAME", "forget every change made in it; refused while it runs", NULL, 0, 1, 1,
	  uc_reset },
	{ "rm", "NAME", "remove it with all that is in it; refused while it runs", NULL, 0, 1, 1,
	  uc_rm },
	{ "set", "NAME KEY=VALUE...", "change its limits, also those of sessions that run",
	  "KEY: cpus, cpu-weight, memory, swap, pids, io-weight, nofile. VALUE: as ucrun's option "
	  "of "
	  "that\n"
	  "name takes it, \"max\" for no limit, or nothing to go back to the default. nofile holds "
	  "for\n"
	  "sessions that begin later. \"--KEY VALUE\" says the same, as for ucrun.\n",
	  OPT_LIMITS, 1, 64, uc_set },
	{ "stop", "NAME[/INNER]", "end the sessions that run in it",
	  "Its programs are told to end (SIGTERM); after 5 seconds they are killed.\n", 0, 1, 1,
	  uc_stop },
	{ "top", "[NAME]", "what runs, and what it uses: a screen that refreshes; q ends it",
	  "CPU is in percent of one processor, HELD the share of time in which --cpus held tasks "
	  "back.\n",
	  OPT_JSON | OPT_ONCE, 0, 1, uc_top },
	{ "ps", "[NAME]", "the sessions that run, in all compartments or in one", NULL, OPT_JSON, 0,
	  1, uc_ps },
	{ "envs", "", "the environments for files that are no programs of this machine",
	  "Each one's name, where its record is from, its class, its program, and what it matches. "
	  "One\n"
	  "whose program is missing says which package has it. \"ucrun --explain FILE\" tells who "
	  "runs FILE.\n",
	  OPT_JSON, 0, 0, uc_envs },
};

static const struct option long_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "json", no_argument, NULL, 'j' },
	{ "output", required_argument, NULL, 'o' },
	{ "root", required_argument, NULL, 'r' },
	{ "once", no_argument, NULL, '1' },
	{ 0 },
};

/* long_options, and before them one for each key of a budget */
static const struct option *limit_options(void)
{
	static struct option all[BUDGET_KEY_COUNT + ARRAY_SIZE(long_options)];

	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		all[i] = (struct option){ budget_key_name(i), required_argument, NULL,
					  OPT_LIMIT + i };
	memcpy(all + BUDGET_KEY_COUNT, long_options, sizeof(long_options));
	return all;
}

static void help(void)
{
	printf("Usage: uc COMMAND [OPTION]... [ARG]...\n"
	       "Look after user compartments; \"ucrun\" runs programs in them.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];

		printf("  uc %-6s %-17s %s\n", c->name, c->args, c->summary);
	}
	printf("\n"
	       "      --json      list, info, check, diff, ps, top, envs: answer in JSON\n"
	       "  -h, --help      this text; \"uc COMMAND --help\" tells more\n"
	       "      --version   the version\n"
	       "\n"
	       "Compartments are in $UC_HOME, or /var/lib/uc for root, or ~/.local/share/uc.\n"
	       "Exit status: 0 done, 1 failed, 2 wrong usage.\n");
}

static void help_command(const struct command *c)
{
	printf("Usage: uc %s%s%s%s\n%c%s.\n", c->name, c->allowed ? " [OPTION]..." : "",
	       *c->args ? " " : "", c->args, c->summary[0] - 'a' + 'A', c->summary + 1);
	if (c->more)
		printf("%s", c->more);
	printf("\n");
	if (c->allowed & OPT_JSON)
		printf("      --json         answer in JSON\n");
	if (c->allowed & OPT_ONCE)
		printf("      --once         print once and end\n");
	if (c->allowed & OPT_OUTPUT)
		printf("  -o, --output FILE  write there instead of to standard output\n");
	if (c->allowed & OPT_ROOT)
		printf("  -r, --root DIR     the changes made over \"ucrun --root DIR\"\n");
	printf("  -h, --help         this text\n");
}

static int wrong_usage(const char *command)
{
	log_err("wrong usage: see \"uc%s%s --help\"", command ? " " : "", command ? command : "");
	return UC_USAGE;
}

static int refuse_option(const struct command *c, const char *option)
{
	log_err("%s: knows no %s: see \"uc %s --help\"", c->name, option, c->name);
	return UC_USAGE;
}

/* Return: -1 to go on, else the exit status. */
static int parse(const struct command *c, int argc, char **argv, struct uc_args *a)
{
	autofree char *name = str_printf("uc: %s", c->name);
	const struct option *options = c->allowed & OPT_LIMITS ? limit_options() : long_options;
	int opt;

	if (name)
		argv[0] = name; /* what getopt names in its complaints */
	optind = 0; /* glibc: begin anew */
	while ((opt = getopt_long(argc, argv, "ho:r:", options, NULL)) != -1) {
		switch (opt) {
		case OPT_LIMIT ... OPT_LIMIT + BUDGET_KEY_COUNT - 1:
			a->limit[opt - OPT_LIMIT] = optarg;
			break;
		case 'h':
			help_command(c);
			return UC_OK;
		case 'j':
			if (!(c->allowed & OPT_JSON))
				return refuse_option(c, "--json");
			a->json = true;
			break;
		case '1':
			if (!(c->allowed & OPT_ONCE))
				return refuse_option(c, "--once");
			a->once = true;
			break;
		case 'o':
			if (!(c->allowed & OPT_OUTPUT))
				return refuse_option(c, "--output");
			a->output = optarg;
			break;
		case 'r':
			if (!(c->allowed & OPT_ROOT))
				return refuse_option(c, "--root");
			a->root = optarg;
			break;
		case 'V':
			printf("uc " UCRUN_VERSION "\n");
			return UC_OK;
		default: /* getopt has told what */
			return wrong_usage(c->name);
		}
	}
	a->argv = argv + optind;
	a->argc = argc - optind;
	if (a->argc < c->min_args || a->argc > c->max_args)
		return wrong_usage(c->name);
	return -1;
}

/* What was killed together with its keeper left its cgroups. */
static void sweep(void)
{
	autofree char *state = compartment_state_path();

	if (state)
		cgroup_sweep(state);
}

static int run(int argc, char **argv)
{
	struct uc_args a = { 0 };
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "+h", long_options, NULL)) != -1) {
		if (opt == 'h') {
			help();
			return UC_OK;
		}
		if (opt == 'V') {
			printf("uc " UCRUN_VERSION "\n");
			return UC_OK;
		}
		return wrong_usage(NULL);
	}
	if (optind == argc)
		return wrong_usage(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, argv[optind]) != 0)
			continue;
		ret = parse(&commands[i], argc - optind, argv + optind, &a);
		if (ret < 0)
			sweep();
		return ret < 0 ? commands[i].run(&a) : ret;
	}
	log_err("%s: no such command: see \"uc --help\"", argv[optind]);
	return UC_USAGE;
}

struct compartment *uc_open(const char *name)
{
	char err[COMPARTMENT_ERR_BYTES];
	struct compartment *c;

	if (strchr(name, '/')) {
		log_err("%s: is in a session of another: only export and stop take such a name; "
			"what "
			"resets or removes the outer one does it too",
			name);
		return NULL;
	}
	if (compartment_open(&c, name, 0, err, sizeof(err)) == 0)
		return c;
	log_err("%s", err);
	return NULL;
}

/* @c is opened, or NULL. */
static struct compartment *as_owner(struct compartment *c)
{
	char err[COMPARTMENT_ERR_BYTES];

	if (!c || compartment_become(c, err, sizeof(err)) == 0)
		return c;
	log_err("%s", err);
	compartment_destroy(c);
	return NULL;
}

struct compartment *uc_open_as_owner(const char *name)
{
	return as_owner(uc_nested_open(name));
}

struct compartment *uc_open_to_read(const char *name)
{
	char err[COMPARTMENT_ERR_BYTES];
	struct compartment *c = uc_nested_open(name);

	/* What reads layers reads the path level's form. */
	if (c && native_settle(c, err, sizeof(err)) < 0)
		log_warn("%s: owners and modes are told as the host has them", err);
	return as_owner(c);
}

void json_str(FILE *f, bool first, const char *key, const char *value)
{
	fprintf(f, "%s\"%s\":", first ? "" : ",", key);
	if (value)
		str_json(f, value);
	else
		fputs("null", f);
}

void json_num(FILE *f, bool first, const char *key, long long value)
{
	fprintf(f, "%s\"%s\":%lld", first ? "" : ",", key, value);
}

int main(int argc, char **argv)
{
	struct rlimit files;
	int fd, status;

	do /* 0, 1 and 2 must be something, or a file of ours becomes standard output */
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	log_name("uc");
	/* Deep trees are walked with a descriptor for each level. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	status = run(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		log_err("standard output: %s", strerror(errno));
		return UC_FAILED;
	}
	return status;
}
