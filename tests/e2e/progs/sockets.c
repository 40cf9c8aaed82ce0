/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that sockets tell: of those who connect and those who send. */
#include "t.h"

#include <netinet/in.h>

static void tell(const char *what, const struct sockaddr_un *a, socklen_t len)
{
	int n = (int)len - (int)offsetof(struct sockaddr_un, sun_path);

	printf("%s: length %d", what, (int)len);
	if (len >= sizeof(sa_family_t))
		printf(" family %d", a->sun_family);
	if (n > 0 && a->sun_path[0])
		printf(" path %.*s", n, a->sun_path);
	else if (n > 0)
		printf(" abstract %.*s", n - 1, a->sun_path + 1);
	printf("\n");
}

static socklen_t name(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	if (path[0] == '@') {
		memcpy(a->sun_path + 1, path + 1, strlen(path + 1));
		return offsetof(struct sockaddr_un, sun_path) + strlen(path);
	}
	strcpy(a->sun_path, path);
	return offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1;
}

static int bound(int type, const char *path)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t len = name(&a, path);

	MUST(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0);
	return fd;
}

static void reach(int fd, const char *path)
{
	struct sockaddr_un a;
	socklen_t len = name(&a, path);

	MUST(connect(fd, (struct sockaddr *)&a, len) == 0);
}

static void accept_from(int server, const char *path, const char *client)
{
	struct sockaddr_un a = { 0 };
	socklen_t len = sizeof(a);
	int fd = client ? bound(SOCK_STREAM, client) : socket(AF_UNIX, SOCK_STREAM, 0), conn;
	char buf[8];

	reach(fd, path);
	conn = F(accept(server, (struct sockaddr *)&a, &len));
	tell("accept", &a, len);
	len = sizeof(a);
	MUST(getpeername(conn, (struct sockaddr *)&a, &len) == 0);
	tell("getpeername", &a, len);
	MUST(write(fd, "data", 4) == 4);
	len = sizeof(a);
	R(recvfrom(conn, buf, 4, 0, (struct sockaddr *)&a, &len));
	tell("recvfrom", &a, len);
	close(conn);
	close(fd);
}

static void on_alarm(int sig)
{
	MUST(sig == SIGALRM);
}

static void alarm_soon(int flags)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = flags };

	sigaction(SIGALRM, &sa, NULL);
	ualarm(100000, 0);
}

static void connect_later(const char *path)
{
	if (fork() == 0) {
		usleep(300000);
		reach(socket(AF_UNIX, SOCK_STREAM, 0), path);
		_exit(0);
	}
}

TEST(accept_names)
{
	struct sockaddr_un a = { 0 };
	socklen_t len = sizeof(a);
	int server = bound(SOCK_STREAM, "server"), hidden = bound(SOCK_STREAM, "@uc test server");
	int fd, conn;

	MUST(listen(server, 5) == 0 && listen(hidden, 5) == 0);
	accept_from(server, "server", NULL);
	accept_from(server, "server", "client");
	accept_from(server, "server", "@uc test client");
	accept_from(hidden, "@uc test server", "d/client");
	accept_from(hidden, "@uc test server", "@uc test client");
	/* the address is cut, its length is told whole */
	fd = bound(SOCK_STREAM, "another client");
	reach(fd, "server");
	len = 6;
	conn = F(accept4(server, (struct sockaddr *)&a, &len, SOCK_NONBLOCK | SOCK_CLOEXEC));
	printf("%d %.4s\n", (int)len, a.sun_path);
	R(fcntl(conn, F_GETFL) & O_NONBLOCK);
	R(fcntl(conn, F_GETFD));
	close(conn);
	/* nobody is there, and wrong arguments */
	R(fcntl(server, F_SETFL, O_NONBLOCK));
	len = sizeof(a);
	R(accept(server, (struct sockaddr *)&a, &len));
	R(fcntl(server, F_SETFL, 0));
	R(accept4(server, (struct sockaddr *)&a, &len, 1));
	R(accept(fd, (struct sockaddr *)&a, &len));
	R(accept(0, (struct sockaddr *)&a, &len));
	R(accept(-1, (struct sockaddr *)&a, &len));
	/* waiting, with signals */
	alarm_soon(0);
	R(accept(server, (struct sockaddr *)&a, &len));
	alarm_soon(SA_RESTART);
	connect_later("server");
	len = sizeof(a);
	conn = F(accept(server, (struct sockaddr *)&a, &len));
	tell("after a wait", &a, len);
	wait(NULL);
	/* a pair has no names */
	{
		int pair[2];
		char c;

		MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
		MUST(write(pair[0], "x", 1) == 1);
		len = sizeof(a);
		R(recvfrom(pair[1], &c, 1, 0, (struct sockaddr *)&a, &len));
		tell("pair", &a, len);
	}
}

static void receive_from(int server, const char *path, const char *client)
{
	struct sockaddr_un a = { 0 }, to;
	socklen_t len = sizeof(a), tolen = name(&to, path);
	int fd = client ? bound(SOCK_DGRAM, client) : socket(AF_UNIX, SOCK_DGRAM, 0);
	char buf[32] = "";

	MUST(sendto(fd, "a message", 9, 0, (struct sockaddr *)&to, tolen) == 9);
	R(recvfrom(server, buf, sizeof(buf), MSG_PEEK, (struct sockaddr *)&a, &len));
	tell("peek", &a, len);
	len = sizeof(a);
	R(recvfrom(server, buf, 4, MSG_TRUNC, (struct sockaddr *)&a, &len));
	tell("recvfrom", &a, len);
	printf("%.9s\n", buf);
	if (client && len > 2) {
		R(sendto(server, "answer", 6, 0, (struct sockaddr *)&a, len));
		R(recv(fd, buf, sizeof(buf), 0));
	}
	close(fd);
}

TEST(receive_names)
{
	struct sockaddr_un a = { 0 };
	socklen_t len = sizeof(a);
	int server = bound(SOCK_DGRAM, "server"), hidden = bound(SOCK_DGRAM, "@uc test server");
	char buf[4];

	receive_from(server, "server", NULL);
	receive_from(server, "server", "client");
	receive_from(server, "server", "@uc test client");
	receive_from(hidden, "@uc test server", "d/client");
	receive_from(hidden, "@uc test server", "@uc test client 2");
	R(recvfrom(server, buf, 4, MSG_DONTWAIT, (struct sockaddr *)&a, &len));
	alarm_soon(0);
	R(recvfrom(server, buf, 4, 0, (struct sockaddr *)&a, &len));
	alarm_soon(SA_RESTART);
	if (fork() == 0) {
		struct sockaddr_un to;
		socklen_t tolen = name(&to, "server");

		usleep(300000);
		sendto(bound(SOCK_DGRAM, "late"), "late", 4, 0, (struct sockaddr *)&to, tolen);
		_exit(0);
	}
	R(recvfrom(server, buf, 4, 0, (struct sockaddr *)&a, &len));
	tell("late", &a, len);
	wait(NULL);
	R(recvfrom(-1, buf, 4, 0, (struct sockaddr *)&a, &len));
	R(recvfrom(0, buf, 4, 0, (struct sockaddr *)&a, &len));
}

static long send_credentials(int fd, size_t len, pid_t pid, uid_t uid, gid_t gid)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct ucred)) + 16];
	} c = { .head = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS } };
	struct ucred u = { pid, uid, gid };
	struct iovec v = { "x", 1 };
	struct msghdr h = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = len
	};

	c.head.cmsg_len = len;
	memcpy(CMSG_DATA(&c.head), &u, sizeof(u));
	return sendmsg(fd, &h, MSG_DONTWAIT);
}

/* What a sender may say of itself; as root inside, and as an ordinary user outside. */
TEST(credentials)
{
	size_t len = CMSG_LEN(sizeof(struct ucred));
	struct sockaddr_in any = { .sin_family = AF_INET };
	int pair[2], fd, inet;
	pid_t pid;

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	fd = pair[0];
	if (getuid() == 0) {
		R(send_credentials(fd, len, getpid(), 0, 0));
		R(send_credentials(fd, len, getpid(), 1234, 1234));
		MUST(setresgid(1001, 1002, 1003) == 0 && setresuid(1001, 1002, 1003) == 0);
		R(send_credentials(fd, len, getpid(), 1001, 1003));
		R(send_credentials(fd, len, getpid(), 1003, 1002));
	}
	pid = getpid();
	R(send_credentials(fd, len, pid, getuid(), getgid()));
	R(send_credentials(fd, len, pid, 0, getgid()));
	R(send_credentials(fd, len, pid, getuid(), 0));
	R(send_credentials(fd, len, getppid(), getuid(), getgid()));
	/* too short and too long */
	R(send_credentials(fd, CMSG_LEN(0), pid, getuid(), getgid()));
	R(send_credentials(fd, CMSG_LEN(4), pid, getuid(), getgid()));
	R(send_credentials(fd, len + 4, pid, getuid(), getgid()));
	/* another family does not ask */
	inet = F(socket(AF_INET, SOCK_DGRAM, 0));
	any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(bind(inet, (struct sockaddr *)&any, sizeof(any)) == 0);
	{
		socklen_t alen = sizeof(any);

		MUST(getsockname(inet, (struct sockaddr *)&any, &alen) == 0);
		MUST(connect(inet, (struct sockaddr *)&any, alen) == 0);
	}
	R(send_credentials(inet, len, pid, 0, 0));
	R(send_credentials(inet, CMSG_LEN(4), pid, 0, 0));
}

/* Another family goes its own way. */
TEST(internet_names)
{
	struct sockaddr_in a = { AF_INET, 0, { htonl(INADDR_LOOPBACK) }, { 0 } }, b, c;
	socklen_t len = sizeof(a);
	int server = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	char buf[4];

	MUST(bind(server, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(server, 5) == 0);
	MUST(getsockname(server, (struct sockaddr *)&a, &len) == 0);
	MUST(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	len = sizeof(b);
	F(accept(server, (struct sockaddr *)&b, &len));
	len = sizeof(c);
	MUST(getsockname(fd, (struct sockaddr *)&c, &len) == 0);
	printf("the same %d\n", memcmp(&b, &c, sizeof(b)) == 0);
	alarm_soon(0);
	R(accept(server, (struct sockaddr *)&b, &len));
	close(fd);
	close(server);
	server = socket(AF_INET, SOCK_DGRAM, 0);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	a.sin_port = 0;
	MUST(bind(server, (struct sockaddr *)&a, sizeof(a)) == 0);
	len = sizeof(a);
	MUST(getsockname(server, (struct sockaddr *)&a, &len) == 0);
	R(sendto(fd, "data", 4, 0, (struct sockaddr *)&a, len));
	len = sizeof(b);
	R(recvfrom(server, buf, 4, 0, (struct sockaddr *)&b, &len));
	len = sizeof(c);
	MUST(getsockname(fd, (struct sockaddr *)&c, &len) == 0);
	printf("the same port %d\n", b.sin_port == c.sin_port);
}
