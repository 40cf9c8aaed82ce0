/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_STUB_H
#define UCRUN_M68K_STUB_H

#include "guest.h"

/* Code of ours that the guest may run: where handlers return to (see cpu.c for the page). */
#define STUB_SIGRETURN	  (GUEST_STUB + 0x100)
#define STUB_RT_SIGRETURN (GUEST_STUB + 0x110)

#endif
