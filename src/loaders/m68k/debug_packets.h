/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_DEBUG_PACKETS_H
#define UCRUN_M68K_DEBUG_PACKETS_H

#include "rsp.h"
#include "thread.h"

/** struct debug_resume - how gdb wants the threads to go on */
struct debug_resume {
	struct m68k_thread *step; /* makes one instruction */
	struct m68k_thread *only; /* all others wait; NULL: nobody waits */
	int signal; /* for the thread that reported one; 0: it is dropped */
};

struct packet_state {
	struct m68k_thread *current; /* whose registers g and G mean */
	const char *stop; /* what the last stop was, for "?" */
	struct debug_resume *resume;
};

enum packet_result { PACKET_ANSWER, PACKET_RESUME, PACKET_DETACH, PACKET_KILL };

/**
 * packet_serve() - do what a packet says
 * @text: NUL-terminated; @out: RSP_PACKET_MAX bytes, @len of which are the answer
 */
enum packet_result packet_serve(struct packet_state *s, const char *text, size_t bytes, char *out,
				size_t *len);
/** packet_stop_text() - "T05..." for a stop of @t; @reason: "swbreak:;" or "" */
void packet_stop_text(char *out, size_t room, const struct m68k_thread *t, int sig,
		      const char *reason);
bool packets_no_ack(void);
bool packets_has_break(uint32_t addr);
/** packets_hide_breaks() - have the engine not see them for a while */
void packets_hide_breaks(bool hide);
/** packets_clear() - gdb is gone */
void packets_clear(void);

#endif
