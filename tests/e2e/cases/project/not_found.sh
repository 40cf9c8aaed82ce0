#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 127: not found; 126: found and not runnable.
. "$LIB"

seed
cd "$W" || exit 1
one_error 127 'no-such-program' uc_run no-such-program
one_error 127 'missing' uc_run ./missing
one_error 127 'missing' uc_run /missing/dir/prog
one_error 126 '' uc_run ./d
one_error 126 '' uc_run /
one_error 126 '' uc_run ./a
one_error 127 '' uc_run ./dangling
one_error 126 '' uc_run ./loop1
