#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# CP/M-68K programs: command line and FCBs, records in sequence and at random, load and chain.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/pers.sh"
pers_same cpm cpm self.68k 0 one.two b:three
pers_same cpm3 cpm self.68k 0 one.two b:three
