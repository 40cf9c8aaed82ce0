// SPDX-License-Identifier: GPL-2.0-or-later
/* ioctl by a table of what its argument is, and fcntl. */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "mem.h"
#include "util.h"

/* <sys/ioctl.h> and <asm/termbits.h> cannot be had together. */
int ioctl(int fd, unsigned long request, ...);

enum arg_kind {
	ARG_NONE, /* no argument, or a number */
	ARG_INT, /* an int, read and written */
	ARG_IN, /* a structure that the call reads */
	ARG_OUT, /* one that it writes */
};

/* The numbers are the same on both sides: asm-generic's. */
static const struct {
	uint32_t request;
	enum arg_kind kind;
	const struct conv_layout *layout;
} requests[] = {
	{ 0x5401, ARG_OUT, &conv_termios }, /* TCGETS */
	{ 0x5402, ARG_IN, &conv_termios }, /* TCSETS, TCSETSW, TCSETSF */
	{ 0x5403, ARG_IN, &conv_termios },  { 0x5404, ARG_IN, &conv_termios },
	{ 0x5409, ARG_NONE, NULL }, /* TCSBRK, TCXONC, TCFLSH */
	{ 0x540a, ARG_NONE, NULL },	    { 0x540b, ARG_NONE, NULL },
	{ 0x540c, ARG_NONE, NULL }, /* TIOCEXCL, TIOCNXCL, TIOCSCTTY */
	{ 0x540d, ARG_NONE, NULL },	    { 0x540e, ARG_NONE, NULL },
	{ 0x540f, ARG_INT, NULL }, /* TIOCGPGRP, TIOCSPGRP, TIOCOUTQ */
	{ 0x5410, ARG_INT, NULL },	    { 0x5411, ARG_INT, NULL },
	{ 0x5413, ARG_OUT, &conv_winsize }, /* TIOCGWINSZ */
	{ 0x5414, ARG_IN, &conv_winsize }, /* TIOCSWINSZ */
	{ 0x541b, ARG_INT, NULL }, /* FIONREAD */
	{ 0x5421, ARG_INT, NULL }, /* FIONBIO */
	{ 0x5422, ARG_NONE, NULL }, /* TIOCNOTTY */
	{ 0x5425, ARG_NONE, NULL }, /* TCSBRKP */
	{ 0x5429, ARG_INT, NULL }, /* TIOCGSID */
	{ 0x5450, ARG_NONE, NULL }, /* FIONCLEX, FIOCLEX */
	{ 0x5451, ARG_NONE, NULL },	    { 0x5452, ARG_INT, NULL }, /* FIOASYNC */
	{ 0x80045430, ARG_INT, NULL }, /* TIOCGPTN */
	{ 0x40045431, ARG_INT, NULL }, /* TIOCSPTLCK */
	{ 0x5441, ARG_NONE, NULL }, /* TIOCGPTPEER */
	{ 0x8905, ARG_INT, NULL }, /* SIOCATMARK */
	{ 0x40049409, ARG_NONE, NULL }, /* FICLONE */
	{ 0x00005331, ARG_NONE, NULL }, /* CDROM_GET_CAPABILITY: programs that look for one */
};

static long ioctl_struct(int fd, uint32_t request, const struct conv_layout *layout, bool in,
			 uint32_t addr)
{
	uint64_t host[32]; /* larger than every structure of the table */
	long rc;

	if (layout->host_bytes > sizeof(host))
		return -EINVAL;
	if (in) {
		rc = conv_get(layout, host, addr);
		if (rc < 0)
			return rc;
	}
	rc = ioctl(fd, request, host);
	if (rc < 0)
		return -errno;
	return in ? rc : conv_put(layout, addr, host) ?: rc;
}

long call_ioctl(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *p;
	long rc;
	int value;

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		if (requests[i].request != a[1])
			continue;
		switch (requests[i].kind) {
		case ARG_NONE:
			return thread_host_call(t, SYS_ioctl, (long)(int)a[0], (long)a[1],
						(long)a[2]);
		case ARG_INT:
			p = mem_ptr(a[2], 4, MEM_R);
			if (!p)
				return -EFAULT;
			value = (int)get32(p);
			rc = thread_host_call(t, SYS_ioctl, (long)(int)a[0], (long)a[1], &value);
			if (rc >= 0 && mem_ptr(a[2], 4, MEM_W))
				put32(p, value);
			return rc;
		case ARG_IN:
		case ARG_OUT:
			return ioctl_struct((int)a[0], a[1], requests[i].layout,
					    requests[i].kind == ARG_IN, a[2]);
		}
	}
	log_debug("task: unknown ioctl %#x", a[1]);
	/* A bad descriptor is the first thing that the kernel sees. */
	return fcntl((int)a[0], F_GETFD) < 0 ? -EBADF : -ENOTTY;
}

/* ---- fcntl ---- */

/* Commands of 32-bit Linux; 5-7 are the same with 32-bit offsets. */
enum { GUEST_GETLK64 = 12, GUEST_SETLK64 = 13, GUEST_SETLKW64 = 14 };

static long lock_call(struct m68k_thread *t, int fd, int cmd, const struct conv_layout *layout,
		      uint32_t addr)
{
	struct flock fl;
	long rc = conv_get(layout, &fl, addr);

	if (rc < 0)
		return rc;
	rc = thread_host_call(t, SYS_fcntl, (long)fd, (long)cmd, &fl);
	if (rc == 0 && (cmd == F_GETLK || cmd == F_OFD_GETLK))
		rc = conv_put(layout, addr, &fl);
	return rc;
}

static long owner_call(int fd, int cmd, uint32_t addr)
{
	struct f_owner_ex owner;
	uint8_t *p = mem_ptr(addr, 8, cmd == F_GETOWN_EX ? MEM_W : MEM_R);

	if (!p)
		return -EFAULT;
	if (cmd == F_SETOWN_EX) {
		owner.type = (int)get32(p);
		owner.pid = (int)get32(p + 4);
	}
	if (fcntl(fd, cmd, &owner) < 0)
		return -errno;
	if (cmd == F_GETOWN_EX) {
		put32(p, owner.type);
		put32(p + 4, owner.pid);
	}
	return 0;
}

static long do_fcntl(struct m68k_thread *t, const uint32_t a[6])
{
	int fd = (int)a[0], cmd = (int)a[1];
	long rc;

	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		rc = fcntl(fd, cmd, (long)a[2]);
		if (rc >= 0)
			fd_set_kind((int)rc, fd_kind(fd));
		return rc < 0 ? -errno : rc;
	case F_GETFL:
		rc = fcntl(fd, cmd);
		return rc < 0 ? -errno : (long)(call_guest_open_flags((int)rc) & ~0400000U);
	case F_SETFL:
		return fcntl(fd, cmd, (long)call_open_flags(a[2])) < 0 ? -errno : 0;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		return lock_call(t, fd, cmd, &conv_flock, a[2]);
	case GUEST_GETLK64:
	case GUEST_SETLK64:
	case GUEST_SETLKW64:
		return lock_call(t, fd, cmd - GUEST_GETLK64 + F_GETLK, &conv_flock64, a[2]);
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return lock_call(t, fd, cmd, &conv_flock64, a[2]);
	case F_GETOWN_EX:
	case F_SETOWN_EX:
		return owner_call(fd, cmd, a[2]);
	case F_GETFD:
	case F_SETFD:
	case F_GETOWN:
	case F_SETOWN:
	case F_GETSIG:
	case F_SETSIG:
	case F_GETLEASE:
	case F_SETLEASE:
	case F_NOTIFY:
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
	case F_ADD_SEALS:
	case F_GET_SEALS:
		rc = fcntl(fd, cmd, (long)(int32_t)a[2]);
		return rc < 0 ? -errno : rc;
	}
	return -EINVAL;
}

long call_fcntl(struct m68k_thread *t, const uint32_t a[6])
{
	return do_fcntl(t, a);
}

long call_fcntl64(struct m68k_thread *t, const uint32_t a[6])
{
	return do_fcntl(t, a);
}
