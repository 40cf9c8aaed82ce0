#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tasks that die at any point of a call; thread ids are not process ids.
. "$LIB"

need_prog confine proc
seed
ok inside "$PROGS/confine" die_in_call
same "$PROGS/proc" eight_threads
same "$PROGS/proc" thread_cwd
