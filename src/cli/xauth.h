/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_XAUTH_H
#define UCRUN_XAUTH_H

#include <stddef.h>

/*
 * Xauthority files: records of a family, an address, a display's number, a method and a secret, all
 * but the first counted strings, numbers of two bytes, the high one first (Xau(3)).
 */

/**
 * xauth_pick() - the records of a file that open the display @number of this host, or one elsewhere
 * Those of this host are made good for any host's name: the session may have another one.
 * @out: the caller's, free(); NULL when there are none
 * Return: bytes; 0: none
 */
size_t xauth_pick(const char *data, size_t len, const char *host, const char *number, char **out);

/** xauth_make() - a file with one new cookie for every display. 0: no memory or no random numbers
 */
size_t xauth_make(char **out);

#endif
