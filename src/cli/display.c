// SPDX-License-Identifier: GPL-2.0-or-later
/* The display of a session: whose it is, and how it gets into the view. See display.h. */
#include "display.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "eel_options.h"
#include "ini_lines.h"
#include "names.h"
#include "util.h"
#include "xauth.h"

#define SOCKETS_DIR	  "/tmp/.X11-unix"
#define CONFIG_BYTES_MAX  (1 << 20)
#define COOKIES_BYTES_MAX (1 << 16)
#define NUMBER_BYTES	  16
#define REASON_BYTES	  256
#define START_MS	  30000 /* an upper bound: it tells when it is ready */
#define END_MS		  5000
#define SCREEN		  "1280x960"

static int fail(char *err, size_t errlen, int ret, const char *fmt, ...) UCRUN_PRINTF(4, 5);

static int fail(char *err, size_t errlen, int ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return ret;
}

void display_init(struct display *d)
{
	*d = (struct display){ .show = SHOW_NONE, .server = -1 };
}

/* ---- the owner's word ---- */

struct reading {
	const char *file;
	bool ours, denied;
};

static void on_section(void *arg, unsigned line, const char *name)
{
	((struct reading *)arg)->ours = strcmp(name, "display") == 0;
}

static void on_key(void *arg, unsigned line, const char *key, const char *value)
{
	struct reading *r = arg;

	if (!r->ours)
		return;
	if (strcmp(key, "host") != 0)
		log_warn("%s:%u: [display] has no key '%s'", r->file, line, key);
	else if (strcmp(value, "deny") == 0)
		r->denied = true;
	else if (strcmp(value, "allow") != 0)
		log_warn("%s:%u: host '%s': must be allow or deny", r->file, line, value);
	/* what cannot be understood is not taken for a permission */
	if (strcmp(key, "host") == 0 && strcmp(value, "allow") != 0)
		r->denied = true;
}

static void on_mistake(void *arg, unsigned line, const char *what)
{
	struct reading *r = arg;

	if (r->ours)
		log_warn("%s:%u: %s", r->file, line, what);
}

/* A deny in any of them counts: neither lifts the other's. */
static bool denied_by(const char *path)
{
	static const struct ini_ops ops = { on_section, on_key, on_mistake };
	struct reading r = { .file = path };
	autofree char *text = NULL;
	ssize_t len = path ? read_file_at(AT_FDCWD, path, CONFIG_BYTES_MAX, &text) : -ENOMEM;

	if (len < 0)
		return len != -ENOENT && len != -ENOTDIR;
	ini_lines(text, len, &ops, &r);
	return r.denied;
}

/* Return: the file that denies, the caller's; NULL: nobody does */
static char *denier(const struct compartment *c)
{
	char *files[2 + COMPARTMENT_OWNER_CONFS] = { strdup("/etc/uc/uc.conf"),
						     str_printf("%s/uc.conf", c->path) };
	char *found = NULL;

	for (unsigned i = 0; i < COMPARTMENT_OWNER_CONFS; i++)
		files[2 + i] = compartment_owner_conf(c, i);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		bool none = i >= 2 && !files[i];

		if (!found && !none && denied_by(files[i]))
			found = files[i] ? steal(&files[i]) : strdup("its configuration");
		free(files[i]);
	}
	return found;
}

/* ---- the caller's display ---- */

/* "3" of ":3", ":3.0" and "host:3.0". Return: false when there is none */
static bool number_of(const char *display, char number[NUMBER_BYTES])
{
	const char *colon = strrchr(display, ':');
	size_t n = colon ? strspn(colon + 1, "0123456789") : 0;

	if (!n || n >= NUMBER_BYTES || (colon[1 + n] && colon[1 + n] != '.'))
		return false;
	memcpy(number, colon + 1, n);
	number[n] = '\0';
	return true;
}

static bool is_local(const char *display)
{
	return display[0] == ':' || strncmp(display, "unix:", 5) == 0;
}

static bool is_socket(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static void cookies_read(struct display *d, const char *number)
{
	const char *file = variable("XAUTHORITY"), *home = variable("HOME");
	autofree char *path = file   ? strdup(file)
			      : home ? str_printf("%s/.Xauthority", home)
				     : NULL;
	autofree char *text = NULL;
	char host[HOST_NAME_MAX + 1] = "";
	ssize_t len = path ? read_file_at(AT_FDCWD, path, COOKIES_BYTES_MAX, &text) : -ENOENT;

	if (len < 0) {
		if (len != -ENOENT)
			log_info("%s: %s: the display may refuse us", path, strerror(-len));
		return;
	}
	gethostname(host, sizeof(host) - 1);
	d->cookies_len = xauth_pick(text, len, host, number, &d->cookies);
	explicit_bzero(text, len);
}

static void caller_display(struct display *d)
{
	const char *x11 = variable("DISPLAY"), *wayland = variable("WAYLAND_DISPLAY");
	const char *dir = variable("XDG_RUNTIME_DIR");
	char number[NUMBER_BYTES];

	if (x11 && number_of(x11, number)) {
		autofree char *path = str_printf(SOCKETS_DIR "/X%s", number);

		if (!is_local(x11) || (path && is_socket(path))) {
			d->x11 = is_local(x11) ? str_printf(":%s", number) : strdup(x11);
			cookies_read(d, number);
		}
	}
	if (wayland && (wayland[0] == '/' || dir))
		d->wayland =
			wayland[0] == '/' ? strdup(wayland) : str_printf("%s/%s", dir, wayland);
	if (d->wayland && !is_socket(d->wayland))
		free(steal(&d->wayland));
}

static void forget(struct display *d)
{
	free(steal(&d->x11));
	free(steal(&d->wayland));
	if (d->cookies)
		explicit_bzero(d->cookies, d->cookies_len);
	free(steal(&d->cookies));
	d->cookies_len = 0;
}

int display_choose(struct display *d, const struct options *o, const struct compartment *c,
		   char *err, size_t errlen)
{
	autofree char *who = NULL;

	d->show = o->show;
	if (d->show == SHOW_AUTO) {
		/* --policy allow might run what only looks like a document */
		d->documents_only = name_promises_document(o->argv[0]) &&
				    (!o->policy || strcmp(o->policy, "allow") != 0);
		d->show = d->documents_only ? SHOW_HOST : SHOW_NONE;
	}
	if (d->show == SHOW_NONE)
		return 0;
	caller_display(d);
	if (d->show == SHOW_NESTED)
		return 0;
	who = denier(c);
	if (who || (!d->x11 && !d->wayland)) {
		d->show = SHOW_NONE;
		forget(d);
	}
	if (o->show == SHOW_HOST && who)
		return fail(err, errlen, -EPERM,
			    "--display host: %s does not allow it: try --display nested", who);
	if (o->show == SHOW_HOST && d->show == SHOW_NONE)
		return fail(err, errlen, -ENOENT,
			    "--display host: neither DISPLAY nor WAYLAND_DISPLAY leads to one");
	if (d->show == SHOW_NONE)
		d->documents_only = false;
	return 0;
}

/* ---- an X server of our own ---- */

static int memory_file(const char *data, size_t len)
{
	int fd = memfd_create("uc-display", 0); /* inherited on purpose */

	if (fd >= 0 && write_all(fd, data, len) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The last line of what the server said. */
static void reason_of(int said, char *out, size_t len)
{
	char text[4096];
	ssize_t n = pread(said, text, sizeof(text) - 1, 0);
	char *line;

	text[n < 0 ? 0 : n] = '\0';
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	line = strrchr(text, '\n');
	snprintf(out, len, "%s", line ? line + 1 : text);
}

struct server {
	const char *program;
	int auth, said, ready; /* -auth, standard error, -displayfd: inherited */
	int outer; /* cookies of the display that Xephyr is a window of; -1: none */
	const struct compartment *c;
};

static _Noreturn void server_exec(const struct server *s, const char *display, pid_t parent)
{
	char auth[32], ready[16], outer[32];
	int null = open("/dev/null", O_RDWR);
	bool window = strcmp(s->program, "Xephyr") == 0;
	char err[COMPARTMENT_ERR_BYTES];
	sigset_t none;

	snprintf(auth, sizeof(auth), "/proc/self/fd/%d", s->auth);
	snprintf(ready, sizeof(ready), "%d", s->ready);
	snprintf(outer, sizeof(outer), "/proc/self/fd/%d", s->outer);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* not the terminal's ^C, but our end is its end, however we end */
	setsid();
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(s->said, 2) < 0)
		_exit(127);
	if (compartment_become(s->c, err, sizeof(err)) < 0) {
		dprintf(2, "%s\n", err);
		_exit(126);
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* a change of ids would have ended it */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (getppid() != parent)
		_exit(127);
	if (display)
		setenv("DISPLAY", display, 1);
	if (s->outer >= 0)
		setenv("XAUTHORITY", outer, 1);
	if (window)
		execlp(s->program, s->program, "-displayfd", ready, "-auth", auth, "-nolisten",
		       "tcp", "-noreset", "-resizeable", "-title", "ucrun", "-screen", SCREEN,
		       NULL);
	else
		execlp(s->program, s->program, "-displayfd", ready, "-auth", auth, "-nolisten",
		       "tcp", "-noreset", "-screen", "0", SCREEN "x24", NULL);
	_exit(127);
}

/* Read the number that the server writes when it is ready. */
static bool server_ready(int fd, char number[NUMBER_BYTES])
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	while (n + 1 < NUMBER_BYTES && poll(&p, 1, START_MS) > 0) {
		ssize_t got = read(fd, number + n, 1);

		if (got <= 0)
			return false;
		if (number[n] == '\n') {
			number[n] = '\0';
			return n > 0 && strspn(number, "0123456789") == n;
		}
		n++;
	}
	return false;
}

/* Return: 0, -ENOENT when it is not installed, -EIO with @err */
static int server_start(struct display *d, const struct compartment *c, const char *program,
			const char *outer_display, const struct display *outer, char *err,
			size_t errlen)
{
	autoclose int auth = memory_file(d->cookies, d->cookies_len);
	autoclose int said = memfd_create("uc-display-said", 0);
	autoclose int cookies =
		outer->cookies ? memory_file(outer->cookies, outer->cookies_len) : -1;
	struct server s = { program, auth, said, -1, cookies, c };
	char number[NUMBER_BYTES], why[REASON_BYTES];
	pid_t parent = getpid(), pid;
	int ready[2], status = 0;
	bool works;

	if (auth < 0 || said < 0 || pipe(ready) < 0)
		return fail(err, errlen, -errno, "--display nested: %s", strerror(errno));
	s.ready = ready[1];
	pid = fork();
	if (pid == 0)
		server_exec(&s, outer_display, parent);
	close(ready[1]);
	works = pid > 0 && server_ready(ready[0], number);
	close(ready[0]);
	d->server = works ? pidfd_open(pid, 0) : -1;
	d->x11 = works ? str_printf(":%s", number) : NULL;
	if (d->server >= 0 && d->x11)
		return 0;
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	reason_of(said, why, sizeof(why));
	if (!why[0] && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -ENOENT;
	return fail(err, errlen, -EIO, "--display nested: %s does not start%s%s", program,
		    why[0] ? ": " : "", why);
}

static int nested_begin(struct display *d, const struct compartment *c, char *err, size_t errlen)
{
	struct display outer = *d;
	int ret = -ENOENT;

	d->x11 = d->wayland = d->cookies = NULL;
	d->cookies_len = xauth_make(&d->cookies);
	if (!d->cookies)
		ret = fail(err, errlen, -ENOMEM, "--display nested: out of memory");
	else if (outer.x11)
		ret = server_start(d, c, "Xephyr", outer.x11, &outer, err, errlen);
	if (ret == -ENOENT)
		ret = server_start(d, c, "Xvfb", NULL, &(struct display){ 0 }, err, errlen);
	if (ret == -ENOENT)
		fail(err, errlen, ret,
		     "--display nested: neither Xephyr nor Xvfb is installed: package "
		     "xserver-xephyr or xvfb");
	forget(&outer);
	return ret;
}

int display_begin(struct display *d, const struct compartment *c, char *err, size_t errlen)
{
	int ret = d->show == SHOW_NESTED ? nested_begin(d, c, err, errlen) : 0;

	if (ret < 0 || d->show == SHOW_NONE)
		return ret;
	if (d->wayland && !compartment_reaches(c, d->wayland, R_OK | W_OK))
		free(steal(&d->wayland)); /* root's caller has it, and the user not */
	log_info("display %s%s%s%s",
		 d->show == SHOW_HOST ? "of the host: " : "nested: ", d->x11 ? d->x11 : "",
		 d->x11 && d->wayland ? ", " : "", d->wayland ? d->wayland : "");
	return 0;
}

/* ---- into the view ---- */

int display_binds(const struct display *d, struct options *o)
{
	struct bind_spec binds[3] = { 0 };
	char number[NUMBER_BYTES];
	unsigned n = 0;

	if (d->x11 && is_local(d->x11) && number_of(d->x11, number)) {
		/* at native level a mount's place would stay behind in the layer */
		binds[n++] = (struct bind_spec){ .src = (char *)SOCKETS_DIR,
						 .dst = (char *)SOCKETS_DIR,
						 .mode = BIND_TMP };
		binds[n].src = binds[n].dst = str_printf(SOCKETS_DIR "/X%s", number);
		if (!binds[n++].src)
			return -ENOMEM;
	}
	if (d->wayland)
		binds[n++] = (struct bind_spec){ .src = d->wayland,
						 .dst = (char *)DISPLAY_WAYLAND_SOCKET };
	return options_bind_before(o, binds, n);
}

int display_write(const struct display *d, const char *tmp)
{
	autofree char *dir = str_printf("%s" EEL_OPEN_DIR, tmp), *file = NULL;
	int ret;

	if (!d->cookies)
		return 0;
	file = str_printf("%s" DISPLAY_COOKIES, tmp);
	if (!dir || !file)
		return -ENOMEM;
	ret = mkdir_p(AT_FDCWD, dir, 0755);
	return ret < 0 ? ret : write_file_at(AT_FDCWD, file, d->cookies, d->cookies_len, 0600);
}

void display_end(struct display *d)
{
	struct pollfd p = { .fd = d->server, .events = POLLIN };

	if (d->server >= 0) {
		pidfd_send_signal(d->server, SIGTERM, NULL, 0);
		if (poll(&p, 1, END_MS) == 0)
			pidfd_send_signal(d->server, SIGKILL, NULL, 0);
		waitid(P_PIDFD, d->server, &(siginfo_t){ 0 }, WEXITED);
		close(steal_fd(&d->server));
	}
	forget(d);
}
