/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_IOV_H
#define UCRUN_M68K_IOV_H

#include <stdint.h>
#include <sys/uio.h>

/**
 * iov_get() - an array of the guest's struct iovec, cut where memory without the right begins
 * @out: room for IOV_MAX
 * Return: how many, or -errno.
 */
long iov_get(uint32_t addr, uint32_t count, unsigned need, struct iovec *out);

#endif
