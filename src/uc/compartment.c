// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One compartment: found, checked, or made; and becoming its user. The theory is in compartment.h.
 */
#include "compartment.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "internal.h"
#include "uids.h"

#define FORMAT_WORD "ucrun-compartment"
#define NAME_CHARS  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

const char *const uc_level_names[] = { "path", "native" };
_Static_assert(ARRAY_SIZE(uc_level_names) == UC_LEVEL_COUNT, "a name per level");

bool compartment_name_valid(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= COMPARTMENT_NAME_MAX && name[0] != '.' && name[0] != '-' &&
	       strspn(name, NAME_CHARS) == len;
}

/* The user's login name, made a valid name: domains give "DOMAIN\user" and "user@domain". */
static char *default_name(void)
{
	struct passwd *pw = getpwuid(geteuid());
	char *name = pw && *pw->pw_name ? strndup(pw->pw_name, COMPARTMENT_NAME_MAX)
					: str_printf("uid%u", geteuid());

	for (char *p = name; p && *p; p++)
		if (!strchr(NAME_CHARS, *p) || (p == name && (*p == '.' || *p == '-')))
			*p = '_';
	return name;
}

static int check_format(struct compartment *c, struct err e)
{
	unsigned long version;
	char text[128], *end;
	ssize_t n = read_own_file(c->dirfd, "format", text, sizeof(text));

	if (n == -ENOENT)
		return fail(e, -EEXIST,
			    "%s: is there, but is no compartment; move it away or take another "
			    "name with --user",
			    c->path);
	if (n < 0)
		return fail_path(e, n, c->path);
	if (strncmp(text, FORMAT_WORD " ", strlen(FORMAT_WORD) + 1) != 0)
		goto unknown;
	version = strtoul(text + strlen(FORMAT_WORD) + 1, &end, 10);
	if (version == 0 || (*end != '\n' && *end != '\0'))
		goto unknown;
	if (version > COMPARTMENT_FORMAT)
		return fail(e, -EPROTONOSUPPORT,
			    "%s: newer format %lu: made by a newer ucrun; use that one, or another "
			    "name with --user",
			    c->path, version);
	return 0;
unknown:
	return fail(e, -EEXIST,
		    "%s: its file \"format\" is not ours; take another name with --user", c->path);
}

/* The same name can have come to another user since: her files are not for her successor. */
static int check_login(struct compartment *c, struct err e)
{
	struct passwd *pw;

	if (uid_is_compartments(c->host_uid))
		return 0;
	pw = getpwnam(c->name);
	if (pw ? pw->pw_uid != c->host_uid : getpwuid(c->host_uid) != NULL)
		return fail(e, -EPERM,
			    "%s: belongs to uid %u, which is not user %s; chown it or take another "
			    "name with --user",
			    c->path, c->host_uid, c->name);
	return 0;
}

static int check_owner(struct compartment *c, struct err e)
{
	unsigned uid, gid;
	struct stat st;
	char text[64];

	if (fstat(c->dirfd, &st) < 0)
		return fail_path(e, -errno, c->path);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return fail(e, -EPERM,
			    "%s: others can write to it; chmod go-w it if you trust what it holds",
			    c->path);
	if (geteuid() != 0 && st.st_uid != geteuid())
		return fail(e, -EPERM,
			    "%s: belongs to uid %u, not to you; take another name with --user",
			    c->path, st.st_uid);
	if (read_own_file(c->dirfd, "owner", text, sizeof(text)) < 0 ||
	    sscanf(text, "%u %u", &uid, &gid) != 2 || uid != st.st_uid || uid == 0 || gid == 0)
		return fail(e, -EPERM,
			    "%s: its file \"owner\" does not tell the directory's owner (uid %u); "
			    "chown it back",
			    c->path, st.st_uid);
	if (geteuid() == 0 && gid != st.st_gid)
		return fail(e, -EPERM,
			    "%s: its file \"owner\" does not tell the directory's group (gid %u); "
			    "chgrp it back",
			    c->path, st.st_gid);
	c->host_uid = uid;
	c->host_gid = gid;
	return geteuid() == 0 ? check_login(c, e) : 0;
}

/* ---- making ---- */

/* Whose shall it be? An ordinary user's are her own; root's: see compartment.h. */
static int choose_owner(const struct state *s, const char *name, uid_t *uid, gid_t *gid,
			struct err e)
{
	struct passwd *pw = geteuid() == 0 ? getpwnam(name) : NULL;
	int ret;

	*uid = geteuid();
	*gid = getegid();
	if (*uid != 0)
		return 0;
	if (pw && pw->pw_uid != 0) {
		*uid = pw->pw_uid;
		*gid = pw->pw_gid;
		if (*gid == 0)
			return fail(e, -EPERM,
				    "user %s: has root's group; take another name with --user",
				    name);
		return 0;
	}
	ret = state_new_uid(s, uid, e);
	*gid = *uid;
	return ret;
}

static int make_content(int dirfd, uid_t uid, gid_t gid)
{
	static const char *const dirs[] = { "upper", "work", "layers", "sessions" };
	char owner[64], format[64];
	int ret;

	snprintf(owner, sizeof(owner), "%u %u\n", uid, gid);
	snprintf(format, sizeof(format), FORMAT_WORD " %d\n", COMPARTMENT_FORMAT);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (mkdirat(dirfd, dirs[i], 0700) < 0)
			return -errno;
	ret = write_file_at(dirfd, "owner", owner, strlen(owner), 0600);
	if (ret == 0)
		ret = write_file_at(dirfd, "uc.conf", "", 0, 0600);
	if (ret == 0)
		ret = write_file_at(dirfd, "format", format, strlen(format), 0600);
	return ret;
}

/* Everything that the layer needs of a file system, found out while nothing is lost. */
static int probe_xattrs(int dirfd)
{
	autoclose int fd = openat(dirfd, "work", OPEN_DIR);

	if (fd < 0 || fsetxattr(fd, XATTR_OPAQUE, "y", 1, 0) < 0 ||
	    fremovexattr(fd, XATTR_OPAQUE) < 0)
		return -errno;
	return 0;
}

/* The supervisor opens layers by path, as the owner: who may not pass the parents cannot start. */
static int check_reach(const char *path, uid_t uid, gid_t gid, struct err e)
{
	int ret = owner_begin(uid, gid);
	struct stat st;

	if (ret == 0 && stat(path, &st) < 0)
		ret = -errno;
	owner_end();
	if (ret == -EINVAL)
		return fail(e, ret,
			    "%s: uid %u is unknown to this user namespace; run ucrun as an "
			    "ordinary user, or map ids 0 to 65535 into it; in a session at native "
			    "level there can be no other: start the outer one with --trap path",
			    path, uid);
	if (ret < 0)
		return fail(e, ret,
			    "%s: its uid %u cannot reach it; chmod o+x the directories above, or "
			    "set UC_HOME",
			    path, uid);
	return 0;
}

static int make_in(const struct state *s, const char *tmp, uid_t uid, gid_t gid, struct err e)
{
	autoclose int fd = -1;
	int ret = check_reach(s->path, uid, gid, e);

	if (ret < 0)
		return ret;
	if (mkdirat(s->fd, tmp, 0700) < 0)
		return fail_path(e, -errno, s->path);
	fd = openat(s->fd, tmp, OPEN_DIR);
	if (fd < 0 || (geteuid() == 0 && fchown(fd, uid, gid) < 0))
		return fail_path(e, -errno, s->path);
	ret = owner_begin(uid, gid);
	if (ret == 0)
		ret = make_content(fd, uid, gid);
	if (ret == 0)
		ret = probe_xattrs(fd);
	owner_end();
	return ret < 0 ? fail_path(e, ret, s->path) : 0;
}

/* Return: 1 made, 0 it is there meanwhile, -errno */
static int compartment_make(const struct state *s, const char *name, struct err e)
{
	autoclose int lock = state_lock(s, e);
	autofree char *tmp = str_printf(".new.%s", name);
	autoclose int there = -1;
	uid_t uid;
	gid_t gid;
	int ret;

	if (lock < 0)
		return lock;
	if (!tmp)
		return -ENOMEM;
	there = openat(s->fd, name, OPEN_DIR);
	if (there >= 0 && !directory_is_empty(there))
		return 0; /* another ucrun was faster; or foreign, as the caller will find */
	state_sweep(s->fd);
	ret = choose_owner(s, name, &uid, &gid, e);
	if (ret == 0)
		ret = make_in(s, tmp, uid, gid, e);
	/* rename(2) takes the place of an empty directory, and of nothing else. */
	if (ret == 0 && renameat(s->fd, tmp, s->fd, name) < 0)
		ret = fail_path(e, -errno, s->path);
	if (ret < 0)
		remove_tree(s->fd, tmp);
	return ret < 0 ? ret : 1;
}

/* ---- opening ---- */

static int open_dir(struct compartment *c, struct err e)
{
	c->dirfd = openat(c->statefd, c->name, OPEN_DIR);
	if (c->dirfd >= 0)
		return 0;
	if (errno == ELOOP || errno == ENOTDIR)
		return fail(e, -EEXIST,
			    "%s: is no directory; move it away or take another name with --user",
			    c->path);
	if (errno == ENOENT)
		return fail(e, -ENOENT,
			    "%s: no such compartment; \"uc list\" tells which there are", c->name);
	return fail_path(e, -errno, c->path);
}

static int find_names(struct compartment *c)
{
	/* Asking for what is in no file takes a while: the name services of systemd are tried. */
	struct passwd *pw = uid_is_compartments(c->host_uid) ? NULL : getpwuid(c->host_uid);

	if (pw && *pw->pw_name && !(c->login = strdup(pw->pw_name)))
		return -ENOMEM;
	if (pw && pw->pw_dir && *pw->pw_dir == '/' && !(c->home = strdup(pw->pw_dir)))
		return -ENOMEM;
	return 0;
}

static int compartment_load(struct compartment *c, unsigned flags, struct err e)
{
	struct state s = { .path = c->state, .fd = c->statefd };
	int ret = open_dir(c, e);

	if ((flags & COMPARTMENT_CREATE) &&
	    (ret == -ENOENT || (ret == 0 && directory_is_empty(c->dirfd)))) {
		util_close_fd(&c->dirfd);
		c->dirfd = -1;
		ret = compartment_make(&s, c->name, e);
		c->created = ret == 1;
		if (ret >= 0)
			ret = open_dir(c, e);
	}
	if (ret == 0)
		ret = check_format(c, e);
	if (ret == 0)
		ret = check_owner(c, e);
	if (ret == 0)
		ret = check_reach(c->path, c->host_uid, c->host_gid, e);
	if (ret == 0)
		ret = find_names(c);
	return ret;
}

/* @ret: of making @s, which is ours now. */
static int open_in_state(struct compartment **out, struct state *s, int ret, const char *name,
			 unsigned flags, struct err e)
{
	struct compartment *c;

	if (ret < 0 && ret != -ENOENT)
		return ret;
	c = calloc(1, sizeof(*c));
	if (!c) {
		state_finish(s);
		return fail(e, -ENOMEM, "out of memory");
	}
	c->statefd = c->dirfd = -1;
	c->name = name ? strdup(name) : default_name();
	if (ret == -ENOENT && c->name && !(flags & COMPARTMENT_CREATE))
		fail(e, ret, "%s: no such compartment; there are none yet", c->name);
	if (ret == 0) {
		c->state = s->path;
		c->statefd = s->fd;
		c->path = c->name ? str_printf("%s/%s", c->state, c->name) : NULL;
		ret = c->path ? compartment_load(c, flags, e) : -ENOMEM;
	}
	if (ret < 0) {
		if (e.size && !e.text[0])
			fail(e, ret, "%s: %s", c->name ? c->name : "compartment", strerror(-ret));
		compartment_destroy(c);
		return ret;
	}
	*out = c;
	return 0;
}

static int check_name(const char *name, struct err e)
{
	if (e.size)
		e.text[0] = '\0';
	if (name && !compartment_name_valid(name))
		return fail(e, -EINVAL,
			    "%s: bad name; take up to %d letters, digits and . _ - , not beginning "
			    "with . or -",
			    name, COMPARTMENT_NAME_MAX);
	return 0;
}

int compartment_open(struct compartment **out, const char *name, unsigned flags, char *err,
		     size_t errlen)
{
	struct err e = { err, errlen };
	int ret = check_name(name, e);
	struct state s;

	if (ret < 0)
		return ret;
	ret = state_open(&s, flags & COMPARTMENT_CREATE, e);
	return open_in_state(out, &s, ret, name, flags, e);
}

int compartment_open_in(struct compartment **out, const char *base, const char *name, char *err,
			size_t errlen)
{
	struct err e = { err, errlen };
	int ret = check_name(name, e);
	struct state s = { .path = str_printf("%s/" NESTED_DIR, base), .fd = -1 };

	if (ret == 0 && !s.path)
		ret = fail(e, -ENOMEM, "out of memory");
	if (ret == 0 && mkdir(s.path, 0700) < 0 && errno != EEXIST)
		ret = fail_path(e, -errno, s.path);
	if (ret == 0 && (s.fd = open(s.path, OPEN_DIR)) < 0)
		ret = fail_path(e, -errno, s.path);
	if (ret < 0) {
		state_finish(&s);
		return ret;
	}
	return open_in_state(out, &s, 0, name, COMPARTMENT_CREATE, e);
}

char *compartment_owner_conf(const struct compartment *c, unsigned i)
{
	const char *of = i == 0 ? c->login : c->name;

	if (!of || strchr(of, '/') || (i == 1 && c->login && strcmp(c->login, c->name) == 0))
		return NULL;
	return str_printf("/etc/uc/user.d/%s.conf", of);
}

void compartment_destroy(struct compartment *c)
{
	if (!c)
		return;
	util_close_fd(&c->dirfd);
	util_close_fd(&c->statefd);
	free(c->name);
	free(c->state);
	free(c->path);
	free(c->login);
	free(c->home);
	free(c);
}

/* ---- becoming ---- */

static int drop_capabilities(void)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 }, now[2];

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &hdr, none) < 0 || syscall(SYS_capget, &hdr, now) < 0)
		return -errno;
	for (int i = 0; i < 2; i++)
		if (now[i].effective | now[i].permitted | now[i].inheritable)
			return -EPERM;
	return 0;
}

static int verify_no_way_back(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (getresuid(&r, &e, &s) < 0 || getresgid(&rg, &eg, &sg) < 0)
		return -errno;
	if (r != uid || e != uid || s != uid || rg != gid || eg != gid || sg != gid)
		return -EPERM;
	if (setresuid(-1, 0, -1) == 0 || setresgid(-1, 0, -1) == 0 || setgroups(0, NULL) == 0)
		return -EPERM;
	return 0;
}

int compartment_become(const struct compartment *c, char *err, size_t errlen)
{
	struct err e = { err, errlen };
	int ret;

	if (geteuid() != 0)
		return 0;
	if (c->host_uid == 0 || c->host_gid == 0)
		return fail(e, -EPERM, "%s: belongs to root; that is never run", c->name);
	if ((c->login ? initgroups(c->login, c->host_gid) : setgroups(0, NULL)) < 0 ||
	    setresgid(c->host_gid, c->host_gid, c->host_gid) < 0 ||
	    setresuid(c->host_uid, c->host_uid, c->host_uid) < 0)
		ret = -errno;
	else
		ret = drop_capabilities();
	if (ret == 0)
		ret = verify_no_way_back(c->host_uid, c->host_gid);
	if (ret == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		ret = -errno;
	if (ret < 0)
		return fail(e, ret, "%s: cannot become uid %u: %s", c->name, c->host_uid,
			    strerror(-ret));
	return 0;
}

bool compartment_reaches(const struct compartment *c, const char *path, int mode)
{
	bool yes;

	if (owner_begin(c->host_uid, c->host_gid) < 0)
		return false;
	yes = faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
	owner_end();
	return yes;
}
