// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a native task may not do, beyond what its namespaces and ids refuse.
 *
 * no_new_privs is not set: set-id programs work, and all they can gain is another id of the
 * compartment's range. A file whose owner is not in the range gives nothing (exec ignores its
 * set-id bits), nor does one on a nosuid mount. A filter without no_new_privs needs CAP_SYS_ADMIN
 * in the namespace; process 1 has it, and its children give it up.
 *
 * Capabilities count in the session's user namespace only. The bounding set keeps what root needs
 * there for files, ids, processes and ports.
 */
#include <linux/landlock.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "exec_native.h"
#include "internal.h"

static const cap_value_t kept[] = {
	CAP_CHOWN,	     CAP_DAC_OVERRIDE,
	CAP_DAC_READ_SEARCH, CAP_FOWNER,
	CAP_FSETID,	     CAP_KILL,
	CAP_SETGID,	     CAP_SETUID,
	CAP_SETPCAP,	     CAP_NET_BIND_SERVICE,
	CAP_NET_RAW,	     CAP_SYS_CHROOT,
	CAP_MKNOD,	     CAP_AUDIT_WRITE,
	CAP_SETFCAP,	     CAP_SYS_PTRACE,
	CAP_IPC_OWNER,
};

uint64_t confine_kept(void)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		bits |= 1UL << kept[i];
	return bits;
}

void confine_namespaces(bool open_again)
{
	const char *limit = open_again ? "2147483647\n" : "0\n"; /* INT_MAX is the default */
	int fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);

	/* The limit of this user namespace: the host's is another one. */
	if (fd < 0 || write(fd, limit, strlen(limit)) < 0)
		log_debug("max_user_namespaces: %s", strerror(errno));
	util_close_fd(&fd);
}

/* Abstract sockets have no mount and no namespace but the network's: since Linux 6.12. */
static void scope_sockets(void)
{
	struct {
		uint64_t fs, net, scoped;
	} attr = { .scoped = 1 /* LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET */ };
	int fd;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 6)
		return;
	fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return;
	syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
}

static int drop_capabilities(void)
{
	for (cap_value_t cap = 0; cap_get_bound(cap) >= 0; cap++) {
		bool keep = false;

		for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
			keep |= kept[i] == cap;
		if (!keep && cap_drop_bound(cap) < 0)
			return -errno;
	}
	return 0;
}

/* Exec gives root the bounding set; until then there is nothing left that needs more. */
static int keep_bounded(void)
{
	cap_t c = cap_init();
	int ret = c && cap_set_flag(c, CAP_PERMITTED, ARRAY_SIZE(kept), kept, CAP_SET) == 0 &&
				  cap_set_flag(c, CAP_EFFECTIVE, ARRAY_SIZE(kept), kept, CAP_SET) ==
					  0 &&
				  cap_set_proc(c) == 0
			  ? 0
			  : -errno;

	cap_free(c);
	return ret;
}

int confine_task(unsigned allow, bool budget, int *listener)
{
	int ret;

	scope_sockets();
	ret = drop_capabilities();
	*listener = ret < 0 ? ret : exec_native_listen(allow, budget);
	if (ret == 0 && *listener < 0 && *listener != -EBUSY)
		ret = *listener;
	return ret < 0 ? ret : keep_bounded();
}

int native_confine_self(void)
{
	int ret;

	scope_sockets();
	ret = drop_capabilities();
	return ret < 0 ? ret : keep_bounded();
}
