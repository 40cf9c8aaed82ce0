#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: FIFOs; opening one blocks the tracer.
. "$LIB"

need_prog objects
same_copied_up "$PROGS/objects" fifo_blocking
same_copied_up "$PROGS/objects" many_fifos
