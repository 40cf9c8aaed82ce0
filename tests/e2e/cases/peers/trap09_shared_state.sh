#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cwd and root belong to CLONE_FS, descriptors to CLONE_FILES, memory to CLONE_VM.
. "$LIB"

need_prog proc
same "$PROGS/proc" clone_fs
same "$PROGS/proc" thread_cwd
bash "$(dirname "$LIB")/cases/confine/toctou_exec.sh" || fail toctou_exec
