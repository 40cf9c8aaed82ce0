/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_CONDITION_H
#define UCRUN_M68K_CONDITION_H

#include <stdbool.h>

/** condition_holds() - condition @cc (0 to 15: T, F, HI... LE) with these flags */
static inline bool condition_holds(unsigned cc, bool n, bool z, bool v, bool c)
{
	bool yes;

	switch (cc >> 1) {
	case 0:
		yes = true;
		break;
	case 1:
		yes = !c && !z;
		break;
	case 2:
		yes = !c;
		break;
	case 3:
		yes = !z;
		break;
	case 4:
		yes = !v;
		break;
	case 5:
		yes = !n;
		break;
	case 6:
		yes = n == v;
		break;
	default:
		yes = n == v && !z;
	}
	return yes != (cc & 1);
}

#endif
