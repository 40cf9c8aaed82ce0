/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who a task is inside: root, and whom root becomes. Also correct outside when run by root. */
#include "t.h"

#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/xattr.h>

static void ids(void)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	getresuid(&r, &e, &s);
	getresgid(&gr, &ge, &gs);
	printf("uid %d %d %d gid %d %d %d\n", r, e, s, gr, ge, gs);
}

static uint64_t caps(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };

	if (syscall(SYS_capget, &h, d) < 0)
		return -1;
	return d[0].effective | (uint64_t)d[1].effective << 32;
}

TEST(set_ids)
{
	gid_t groups[3] = { 5, 6, 7 }, got[10];

	ids();
	printf("%d %d %d %d\n", getuid(), geteuid(), getgid(), getegid());
	printf("caps %d\n", caps() != 0);
	R(setgroups(3, groups));
	R(getgroups(10, got));
	printf("%d %d %d\n", got[0], got[1], got[2]);
	R(getgroups(1, got));
	R(getgroups(0, NULL));
	R(setresgid(100, 101, 102));
	ids();
	R(seteuid(1000));
	ids();
	printf("caps %d\n", caps() != 0);
	R(seteuid(0));
	ids();
	printf("caps %d\n", caps() != 0);
	R(setreuid(-1, 1001));
	ids();
	R(setreuid(-1, 0));
	R(setfsuid(77));
	R(setfsuid(-1));
	R(setfsuid(0));
	CHILD({
		R(setuid(1234));
		ids();
		R(setuid(0));
		R(seteuid(0));
		R(setresuid(0, 0, 0));
		R(setgid(0));
		R(setgroups(0, NULL));
		printf("caps %d\n", caps() != 0);
		CHILD({ ids(); });
	});
	ids();
}

TEST(permissions)
{
	put("private", "x");
	chmod("private", 0600);
	mkdir("closed", 0700);
	put("closed/in", "in");
	mkdir("open", 0777);
	chmod("open", 01777);
	put("open/roots", "r");
	CHILD({
		setgroups(0, NULL);
		setgid(1000);
		setuid(1000);
		R(access("private", R_OK));
		F(open("private", O_RDONLY));
		F(open("closed/in", O_RDONLY));
		F(open("closed", O_RDONLY));
		R(mkdir("closed/sub", 0755));
		F(open("made", O_CREAT | O_WRONLY, 0644));
		F(open("open/mine", O_CREAT | O_WRONLY, 0640));
		R(unlink("open/roots"));
		R(rename("open/roots", "open/stolen"));
		R(chmod("open/roots", 0777));
		R(chown("open/mine", 0, 0));
		R(chown("open/mine", -1, 1000));
		R(chmod("open/mine", 0600));
		R(utimensat(AT_FDCWD, "private", NULL, 0));
		R(chroot("open"));
		R(mknod("open/dev", S_IFCHR | 0600, 0x103));
		show_dir("open");
	});
	{
		struct stat st;

		R(stat("open/mine", &st));
		printf("owner %d %d\n", st.st_uid, st.st_gid);
	}
	CHILD({
		setgroups(1, (gid_t[]){ 44 });
		setgid(1000);
		chown("private", 5, 44);
		setuid(1000);
		F(open("private", O_RDONLY));
	});
	R(chown("private", 5, 44));
	R(chmod("private", 0640));
	CHILD({
		setgroups(1, (gid_t[]){ 44 });
		setgid(1000);
		setuid(1000);
		F(open("private", O_RDONLY));
		F(open("private", O_WRONLY));
	});
	/* real ids and access(2) */
	CHILD({
		setresuid(1000, 0, 0);
		R(access("closed/in", R_OK));
		F(open("closed/in", O_RDONLY));
	});
}

TEST(capabilities)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };

	R(syscall(SYS_capget, &h, d));
	printf("chown %d\n", !!(d[0].effective & 1 << CAP_CHOWN));
	R(prctl(PR_CAPBSET_READ, CAP_CHOWN));
	R(prctl(PR_CAPBSET_READ, 99));
	R(prctl(PR_GET_KEEPCAPS));
	R(prctl(PR_SET_KEEPCAPS, 1));
	R(prctl(PR_GET_KEEPCAPS));
	CHILD({
		R(setuid(1000));
		R(syscall(SYS_capget, &h, d));
		printf("permitted %d effective %d\n", d[0].permitted != 0, d[0].effective != 0);
		d[0].effective = d[0].permitted & (1 << CAP_CHOWN);
		d[0].permitted = d[0].effective;
		d[0].inheritable = d[1].inheritable = d[1].permitted = d[1].effective = 0;
		R(syscall(SYS_capset, &h, d));
		R(chown("a", 3, 3));
		d[0].permitted |= 1 << CAP_SETUID;
		R(syscall(SYS_capset, &h, d));
	});
	CHILD({
		R(prctl(PR_CAPBSET_DROP, CAP_SYS_CHROOT));
		R(prctl(PR_CAPBSET_READ, CAP_SYS_CHROOT));
		d[0].effective = 0;
		d[1].effective = 0;
		R(syscall(SYS_capset, &h, d));
		R(chown("a", 3, 3));
		R(setuid(5));
	});
}

static void *other_thread(void *arg)
{
	(void)arg;
	/* glibc makes setuid process-wide */
	ids();
	return NULL;
}

TEST(threads)
{
	pthread_t t;

	R(setuid(1000));
	pthread_create(&t, NULL, other_thread, NULL);
	pthread_join(t, NULL);
	ids();
}

TEST(setuid_exec)
{
	/* lib: "show" is a copy of this program */
	R(chown("show", 500, 600));
	R(chmod("show", 06755));
	CHILD({
		setgroups(0, NULL);
		setgid(1000);
		setuid(1000);
		execl("./show", "show", "whoami", NULL);
	});
	R(chown("show", 0, 0));
	R(chmod("show", 04755));
	CHILD({
		setgroups(0, NULL);
		setgid(1000);
		setuid(1000);
		execl("./show", "show", "become_root", NULL);
	});
	R(chmod("show", 0755));
	CHILD({
		setgid(1000);
		setuid(1000);
		execl("./show", "show", "whoami", NULL);
	});
}

TEST(whoami)
{
	ids();
}

TEST(become_root)
{
	ids();
	R(setuid(0));
	ids();
	printf("caps %d\n", caps() != 0);
	F(open("private", O_CREAT | O_WRONLY, 0600));
}

TEST(socket_credentials)
{
	int sv[2];
	struct ucred uc = { 0 };
	socklen_t len = sizeof(uc);

	R(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	R(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &uc, &len));
	printf("pid %d\n", uc.pid == getpid());
}
