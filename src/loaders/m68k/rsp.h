/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_RSP_H
#define UCRUN_M68K_RSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The form of gdb's remote protocol: packets and numbers. What packets mean: debug.c. */
#define RSP_PACKET_MAX 16384 /* bytes of content; told to gdb as PacketSize */

enum rsp_event {
	RSP_MORE, /* the byte was taken, nothing is complete */
	RSP_PACKET, /* content[0..bytes) is a packet, NUL-terminated */
	RSP_BAD, /* a packet with a wrong checksum or too long: to be refused */
	RSP_INTERRUPT, /* Ctrl-C, outside of a packet */
};

/** struct rsp_in - a packet on its way in; zeroed to begin with */
struct rsp_in {
	enum { RSP_IDLE, RSP_CONTENT, RSP_ESCAPED, RSP_SUM1, RSP_SUM2 } state;
	uint8_t sum, given;
	bool overflow;
	size_t bytes;
	char content[RSP_PACKET_MAX + 1];
};

enum rsp_event rsp_byte(struct rsp_in *in, uint8_t byte);
/** rsp_frame() - "$content#sum", escaped; @out has 2 * len + 4 bytes. Return: bytes used. */
size_t rsp_frame(char *out, const char *content, size_t len);
/** rsp_number() - hex digits at *p, which is moved behind them. Return: false: none, or too many.
 */
bool rsp_number(const char **p, uint32_t *out);
/** rsp_unhex() - exactly @len bytes from 2 * @len digits */
bool rsp_unhex(const char *text, uint8_t *out, size_t len);
/** rsp_hex() - 2 * @len digits and a NUL */
void rsp_hex(char *out, const void *data, size_t len);
/** rsp_range() - "addr,len" with nothing but @end behind it; *p is moved behind that */
bool rsp_range(const char **p, char end, uint32_t *addr, uint32_t *len);
/** rsp_signal_to_gdb(), rsp_signal_from_gdb() - gdb numbers signals its own way; 0: none */
int rsp_signal_to_gdb(int sig);
int rsp_signal_from_gdb(int gdb);

#endif
