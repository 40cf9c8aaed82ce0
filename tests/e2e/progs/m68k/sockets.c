// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets and everything that waits for descriptors. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHOW(x)                                                                          \
	do {                                                                             \
		errno = 0;                                                               \
		long v_ = (long)(x);                                                     \
		printf("%s = %ld %s\n", #x, v_, v_ == -1 ? strerrorname_np(errno) : ""); \
	} while (0)

static void unix_pair(void)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct iovec iov = { "data", 4 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct ucred cred;
	struct cmsghdr *c;
	socklen_t len = sizeof(cred);
	char buf[16] = "";
	int sv[2], p[2], got[2];

	SHOW(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SHOW(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &cred, &len));
	printf("cred %d %d\n", cred.pid == getpid(), (int)cred.uid == (int)getuid());
	pipe(p);
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(p));
	memcpy(CMSG_DATA(c), p, sizeof(p));
	SHOW(sendmsg(sv[0], &msg, 0));
	memset(&control, 0, sizeof(control));
	iov.iov_base = buf;
	SHOW(recvmsg(sv[1], &msg, MSG_CMSG_CLOEXEC));
	c = CMSG_FIRSTHDR(&msg);
	printf("%s flags %x len %d type %d\n", buf, msg.msg_flags, (int)c->cmsg_len, c->cmsg_type);
	memcpy(got, CMSG_DATA(c), sizeof(got));
	SHOW(write(got[1], "through", 7));
	SHOW(read(p[0], buf, 16));
	SHOW(fcntl(got[0], F_GETFD));
	SHOW(shutdown(sv[0], SHUT_WR));
	SHOW(read(sv[1], buf, 1));
	SHOW(send(sv[1], "x", 1, MSG_NOSIGNAL));
}

static void inet(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET }, b;
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	struct timeval tv = { 0, 50000 };
	struct linger lg = { 1, 7 };
	socklen_t len = sizeof(b);
	char buf[32], text[64];
	int s = socket(AF_INET, SOCK_STREAM, 0), c, d, v = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	SHOW(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, sizeof(v)));
	SHOW(bind(s, (void *)&a, sizeof(a)));
	SHOW(listen(s, 5));
	SHOW(getsockname(s, (void *)&b, &len));
	printf("%s %d %d\n", inet_ntop(AF_INET, &b.sin_addr, text, sizeof(text)), b.sin_port != 0,
	       b.sin_family);
	c = socket(AF_INET, SOCK_STREAM, 0);
	SHOW(connect(c, (void *)&b, sizeof(b)) == 0);
	len = sizeof(b);
	d = accept4(s, (void *)&b, &len, SOCK_NONBLOCK);
	SHOW(d >= 0);
	printf("peer %s %d\n", inet_ntop(AF_INET, &b.sin_addr, text, sizeof(text)), (int)len);
	SHOW(send(c, "hello", 5, 0));
	usleep(10000);
	SHOW(recv(d, buf, sizeof(buf), MSG_PEEK));
	SHOW(recvfrom(d, buf, 3, 0, NULL, NULL));
	SHOW(setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	SHOW(recv(c, buf, 1, 0));
	len = sizeof(v);
	SHOW(getsockopt(c, SOL_SOCKET, SO_TYPE, &v, &len));
	printf("type %d\n", v);
	SHOW(setsockopt(c, SOL_SOCKET, SO_LINGER, &lg, sizeof(lg)));
	lg.l_linger = 0;
	len = sizeof(lg);
	SHOW(getsockopt(c, SOL_SOCKET, SO_LINGER, &lg, &len));
	printf("linger %d %d\n", lg.l_onoff, lg.l_linger);
	v = 1;
	SHOW(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &v, sizeof(v)));
	SHOW(connect(socket(AF_INET, SOCK_STREAM, 0), (void *)8, 16));
	d = socket(AF_INET6, SOCK_DGRAM, 0);
	if (d >= 0 && bind(d, (void *)&a6, sizeof(a6)) == 0) {
		len = sizeof(a6);
		getsockname(d, (void *)&a6, &len);
		v = sendto(d, "six", 3, 0, (void *)&a6, sizeof(a6));
		v = v == 3 ? recvfrom(d, buf, 32, 0, (void *)&a6, &len) : -1;
	}
	printf("six done\n");
}

static void waiting(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 0x1122334455667788ULL }, out[4];
	struct itimerspec it = { .it_value = { 0, 20000000 } };
	struct signalfd_siginfo si;
	struct timeval tv = { 0, 10000 };
	struct pollfd pfd[2];
	sigset_t mask;
	uint64_t v = 5;
	fd_set r, w;
	int ep = epoll_create1(0), e = eventfd(3, 0), t, s, n;

	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, e, &ev));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, e, &ev));
	n = epoll_wait(ep, out, 4, 100);
	printf("epoll %d %x %llx\n", n, out[0].events, (unsigned long long)out[0].data.u64);
	SHOW(write(e, &v, 8));
	SHOW(read(e, &v, 8));
	printf("eventfd %llu\n", (unsigned long long)v);
	SHOW(epoll_wait(ep, out, 4, 10));
	t = timerfd_create(CLOCK_MONOTONIC, 0);
	SHOW(timerfd_settime(t, 0, &it, NULL));
	SHOW(read(t, &v, 8));
	printf("timerfd %llu\n", (unsigned long long)v);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	s = signalfd(-1, &mask, 0);
	kill(getpid(), SIGUSR1);
	SHOW(read(s, &si, sizeof(si)));
	printf("signalfd %u %d\n", si.ssi_signo, si.ssi_pid == (unsigned)getpid());
	pfd[0].fd = e;
	pfd[0].events = POLLIN | POLLOUT;
	pfd[1].fd = 99;
	pfd[1].events = POLLIN;
	SHOW(poll(pfd, 2, 10));
	printf("revents %x %x\n", pfd[0].revents, pfd[1].revents);
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(e, &r);
	FD_SET(e, &w);
	FD_SET(s, &r);
	SHOW(select(60, &r, &w, NULL, &tv));
	printf("sets %d %d %d\n", !!FD_ISSET(e, &r), !!FD_ISSET(e, &w), !!FD_ISSET(s, &r));
	FD_ZERO(&r);
	FD_SET(e, &r);
	SHOW(select(60, &r, NULL, NULL, &tv));
	printf("left %ld %ld\n", (long)tv.tv_sec, (long)tv.tv_usec);
}

static volatile int expired;

static void on_timer(int sig, siginfo_t *info, void *uc)
{
	expired = info->si_value.sival_int;
}

static void timers(void)
{
	struct sigaction sa = { .sa_sigaction = on_timer, .sa_flags = SA_SIGINFO };
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
	struct itimerspec it = { .it_value = { 0, 20000000 } };
	struct timespec ts = { 0, 20000000 }, res;
	timer_t id;

	sigaction(SIGRTMIN, &sa, NULL);
	ev.sigev_value.sival_int = 1234;
	SHOW(timer_create(CLOCK_MONOTONIC, &ev, &id));
	SHOW(timer_settime(id, 0, &it, NULL));
	while (!expired)
		usleep(5000);
	printf("timer %d\n", expired);
	SHOW(timer_gettime(id, &it));
	SHOW(timer_delete(id));
	SHOW(clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL));
	SHOW(clock_getres(CLOCK_MONOTONIC, &res));
	SHOW(clock_gettime(99, &res));
	SHOW(time(NULL) > 1600000000);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	signal(SIGPIPE, SIG_IGN);
	unix_pair();
	inet();
	waiting();
	timers();
	return 0;
}
