// SPDX-License-Identifier: GPL-2.0-or-later
/* ucrun-m68k: options, and the order in which the parts start. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "call.h"
#include "cpu.h"
#include "debug.h"
#include "disas.h"
#include "exec.h"
#include "insn_trace.h"
#include "load.h"
#include "mem.h"
#include "options.h"
#include "pers/host.h"
#include "pers/pers.h"
#include "procfs.h"
#include "state.h"
#include "thread.h"
#include "util.h"

enum { EXIT_OURS = 125, EXIT_NOT_RUNNABLE = 126, EXIT_NOT_FOUND = 127 };

struct m68k_options m68k_options;

enum { OPT_CPU = 256, OPT_DRIVE, OPT_SAVE, OPT_SAVE_SIGNAL, OPT_SAVE_EXIT, OPT_RESTORE, OPT_COMM };

static const struct personality *forced; /* -P */
static bool is_020; /* --cpu 68020, for what is not Linux */
static const char *restore_file; /* --restore */

static const char usage[] =
	"Usage: ucrun-m68k [OPTION]... PROG [ARG]...\n"
	"       ucrun-m68k [OPTION]... --restore FILE\n"
	"Run a program for the Motorola 68000 family: Linux, or a console program of Atari TOS,\n"
	"CP/M-68K, AmigaDOS or Human68k.\n"
	"\n"
	"  -L DIR         look absolute names up in DIR first (default, for a dynamic program "
	"whose\n"
	"                 linker is not at its place: its libraries, in " LOAD_LIBRARIES ")\n"
	"  -0 NAME        the program's own name, its argument 0 (default: PROG)\n"
	"      --comm NAME    its name for ps and pidof (default: that of PROG's file)\n"
	"  -P NAME        the program is for linux, gemdos, cpm, amiga or human68k (default: as "
	"its\n"
	"                 first bytes say)\n"
	"      --cpu CPU  68000 (default) or 68020, for programs that are not Linux's\n"
	"      --drive X=DIR  drive X: is DIR, for programs that are not Linux's\n"
	"      --save FILE    save the program's state in FILE at each SIGUSR2, and go on\n"
	"      --save-signal SIG  at SIG instead (a name, USR1, or a number)\n"
	"      --save-exit    end after the first save, with status 0\n"
	"      --restore FILE     go on where the state in FILE was saved\n"
	"  -g PORT        wait for gdb on this port of 127.0.0.1, or on a socket of this name\n"
	"  -d, --disassemble[=WHAT]  write each instruction on standard error; WHAT: FROM-TO in\n"
	"                 hexadecimal, or the name of a function: nothing else\n"
	"  -t, --trace    write each system call on standard error\n"
	"  -v, --verbose  say more: unknown system calls, unknown ioctls\n"
	"  -q, --quiet    do not say that this Unicorn is a slow one\n"
	"      --help     this text\n"
	"      --version  version, and that of Unicorn\n";

static void fail(int status, const char *what, const char *why)
{
	log_err("%s: %s", what, why);
	exit(status);
}

static void set_personality(const char *name)
{
	char names[80];

	forced = pers_by_name(name);
	if (forced)
		return;
	pers_list(names, sizeof(names));
	log_err("-P %s: there are %s", name, names);
	exit(EXIT_OURS);
}

static void set_cpu(const char *name)
{
	is_020 = strcmp(name, "68020") == 0;
	if (!is_020 && strcmp(name, "68000") != 0)
		fail(EXIT_OURS, name, "there are 68000 and 68020");
}

static void set_drive(const char *spec)
{
	int rc = host_set_drive(spec);

	if (rc < 0)
		fail(EXIT_OURS, spec, rc == -EINVAL ? "--drive wants X=DIR" : strerror(-rc));
}

static void set_save(const char *path)
{
	int rc = state_set_file(path);

	if (rc < 0)
		fail(EXIT_OURS, "--save", strerror(-rc));
}

static void set_save_signal(const char *name)
{
	if (state_set_signal(name) < 0)
		fail(EXIT_OURS, name, "--save-signal wants a signal that a program can do without");
}

static void set_disas(const char *what)
{
	m68k_options.disas = what;
	if (disas_open(DISAS_68040) == -ENOSYS)
		fail(EXIT_OURS, "-d", "libcapstone is not there");
}

static int parse(int argc, char *argv[])
{
	static const struct option longs[] = {
		{ "trace", no_argument, NULL, 't' },
		{ "disassemble", optional_argument, NULL, 'd' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ "comm", required_argument, NULL, OPT_COMM },
		{ "cpu", required_argument, NULL, OPT_CPU },
		{ "drive", required_argument, NULL, OPT_DRIVE },
		{ "save", required_argument, NULL, OPT_SAVE },
		{ "save-signal", required_argument, NULL, OPT_SAVE_SIGNAL },
		{ "save-exit", no_argument, NULL, OPT_SAVE_EXIT },
		{ "restore", required_argument, NULL, OPT_RESTORE },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "+L:0:P:g:dtvq", longs, NULL)) != -1) {
		switch (c) {
		case 'L':
			m68k_options.sysroot = optarg;
			break;
		case '0':
			m68k_options.argv0 = optarg;
			break;
		case 'P':
			set_personality(optarg);
			break;
		case OPT_CPU:
			set_cpu(optarg);
			break;
		case OPT_DRIVE:
			set_drive(optarg);
			break;
		case OPT_SAVE:
			set_save(optarg);
			break;
		case OPT_SAVE_SIGNAL:
			set_save_signal(optarg);
			break;
		case OPT_SAVE_EXIT:
			state_options.end = true;
			break;
		case OPT_RESTORE:
			restore_file = optarg;
			break;
		case OPT_COMM:
			m68k_options.comm = optarg;
			break;
		case 'g':
			m68k_options.gdb = optarg;
			break;
		case 'd':
			set_disas(optarg ?: "");
			break;
		case 't':
			m68k_options.trace = true;
			break;
		case 'v':
			log_set_level(LOG_DEBUG);
			break;
		case 'q':
			log_set_level(LOG_ERR);
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		case 'V':
			printf("ucrun-m68k %s, Unicorn %s\n", UCRUN_VERSION, cpu_version());
			exit(0);
		default:
			exit(EXIT_OURS);
		}
	}
	return optind;
}

/* Said to a person, once a run, and not to programs that this one executes. */
static void tell_slow(void)
{
	if (cpu_is_slow() && !m68k_options.argv0 && isatty(STDERR_FILENO))
		log_warn("Unicorn %s stores slowly; 2.1 is up to 40 times faster", cpu_version());
}

/* As execve(2) does it: ps, pidof and killall know a process by this name. */
static void set_comm(const char *path)
{
	prctl(PR_SET_NAME, m68k_options.comm ?: basename(path));
}

static const char *absolute(const char *path, char *buf)
{
	return realpath(path, buf) ?: path;
}

/* A program of another system: it needs neither Unicorn nor Linux's address space. */
static _Noreturn void run_personality(const struct personality *pers, const char *path,
				      char *argv[])
{
	const char *why;
	int rc;

	if (m68k_options.gdb)
		fail(EXIT_OURS, "-g", "for Linux programs only");
	if (state_options.file)
		fail(EXIT_OURS, "--save", "for Linux programs only");
	if (m68k_options.argv0)
		argv[0] = (char *)m68k_options.argv0;
	if (m68k_options.disas && m68k_options.disas[0] && !disas_range(m68k_options.disas))
		fail(EXIT_OURS, m68k_options.disas,
		     "-d: names of functions are for Linux programs");
	rc = pers_run(pers, path, argv, environ, m68k_options.trace, m68k_options.disas, is_020,
		      &why);
	if (rc < 0)
		fail(EXIT_NOT_RUNNABLE, path, rc == -ENOEXEC ? why : strerror(-rc));
	exit(rc);
}

/*
 * The first 2 MiB of the engine's buffer would be a huge page, to be filled with zeros: a tenth of
 * a short program's time. What it needs of it later may be one again.
 */
static int init_cpu(const char **why)
{
	int disabled = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), rc;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	rc = cpu_init(call_hot, why);
	if (disabled == 0)
		prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	return rc;
}

static void start_engine(void)
{
	const char *why;
	int rc = m68k_options.gdb ? debug_listen(m68k_options.gdb) : 0;

	if (rc < 0)
		fail(EXIT_OURS, m68k_options.gdb, strerror(-rc));
	rc = mem_init();
	if (rc < 0)
		fail(EXIT_OURS, "4 GiB of address space", strerror(-rc));
	rc = init_cpu(&why);
	if (rc < 0)
		fail(EXIT_OURS, "Unicorn", why);
}

/* @t has the registers to begin with, as the engine has now. */
static _Noreturn void run(struct m68k_thread *t)
{
	call_set_trace(m68k_options.trace);
	t->tid = getpid();
	thread_self = t;
	cpu_save(t->ctx);
	thread_lock(t);
	signal_init(t);
	if (restore_file && state_restore_end(t) != 0)
		exit(EXIT_OURS);
	if (m68k_options.disas && insn_trace_start(m68k_options.disas) < 0)
		fail(EXIT_OURS, m68k_options.disas, "-d: the program has no function of this name");
	state_arm();
	debug_start(t);
	thread_loop(t);
}

static _Noreturn void run_restored(void)
{
	struct m68k_thread *t;
	int status;

	exec_init();
	start_engine();
	status = state_restore(restore_file, &t);
	if (status)
		exit(status);
	run(t);
}

/* A Linux program. */
static _Noreturn void run_program(const char *path, char *argv[])
{
	struct load_result begin;
	struct m68k_thread *t;
	char real[PATH_MAX];
	const char *why;
	int rc;

	exec_init();
	start_engine();
	tell_slow();
	if (m68k_options.argv0)
		argv[0] = (char *)m68k_options.argv0;
	proc_set_program(absolute(path, real), argv);
	rc = load_program(path, argv, environ, &begin, &why);
	if (rc < 0)
		fail(EXIT_NOT_RUNNABLE, path, rc == -ENOEXEC ? why : strerror(-rc));
	t = thread_create();
	if (!t)
		fail(EXIT_OURS, "first thread", strerror(ENOMEM));
	cpu_set(UC_M68K_REG_A7, begin.sp);
	cpu_set(UC_M68K_REG_PC, begin.pc);
	run(t);
}

int main(int argc, char *argv[])
{
	const struct personality *pers;
	const char *path;
	int first;

	log_name("ucrun-m68k");
	first = parse(argc, argv);
	if (m68k_options.gdb && (state_options.file || restore_file))
		fail(EXIT_OURS, "-g", "not together with --save and --restore");
	if (restore_file && first < argc)
		fail(EXIT_OURS, argv[first], "--restore brings its own program");
	if (restore_file)
		run_restored();
	if (first >= argc)
		fail(EXIT_OURS, "no program", "see ucrun-m68k --help");
	path = argv[first];
	if (access(path, F_OK) < 0)
		fail(EXIT_NOT_FOUND, path, strerror(errno));
	set_comm(path);
	pers = forced ?: pers_choose(path);
	if (pers && pers->load)
		run_personality(pers, path, argv + first);
	run_program(path, argv + first);
}
