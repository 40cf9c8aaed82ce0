/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CONV_H
#define UCRUN_M68K_CONV_H

#include <stddef.h>
#include <stdint.h>

/*
 * Structures of system calls, there and here. A guest structure is its fields one after another,
 * big-endian, aligned to 2 bytes: so a layout is a list of sizes, each with its place in the
 * host's structure.
 */
struct conv_field {
	uint16_t host_at;
	uint8_t host_bytes; /* 0: padding in the guest */
	uint8_t guest_bytes; /* 0: the host has more elements than the guest */
	uint8_t is_signed;
};

struct conv_layout {
	uint16_t host_bytes, guest_bytes, count;
	struct conv_field field[32];
};

/** conv_to_guest() - @out has layout->guest_bytes; padding becomes 0, numbers too large are cut */
void conv_to_guest(const struct conv_layout *layout, void *out, const void *host);
/** conv_from_guest() - the host's structure is zeroed first */
void conv_from_guest(const struct conv_layout *layout, void *host, const void *in);

/** conv_put(), conv_get() - the same with a guest address. Return 0 or -EFAULT. */
int conv_put(const struct conv_layout *layout, uint32_t addr, const void *host);
int conv_get(const struct conv_layout *layout, void *host, uint32_t addr);

extern const struct conv_layout conv_stat, conv_stat64, conv_statfs, conv_statfs64, conv_statx;
extern const struct conv_layout conv_timespec, conv_timespec64, conv_timeval, conv_itimerval;
extern const struct conv_layout conv_itimerspec, conv_itimerspec64, conv_tms, conv_rusage;
extern const struct conv_layout conv_sysinfo, conv_flock, conv_flock64, conv_utimbuf, conv_rlimit64;
extern const struct conv_layout conv_termios, conv_winsize;

#endif
