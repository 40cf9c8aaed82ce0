#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

is "$(printf 'through' | uc_run cat)" through
is "$(uc_run sh -c 'echo out; echo err >&2' 2>/dev/null)" out
is "$(uc_run sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" err
head -c 3000000 /dev/urandom >"$CASE_DIR/big"
uc_run cat <"$CASE_DIR/big" >"$CASE_DIR/big2"
same_file "$CASE_DIR/big" "$CASE_DIR/big2"
# closed ones: no descriptor of ours takes their place
is "$(uc_run cat <&- 2>/dev/null)" ''
is "$(uc_run readlink /proc/self/fd/0 <&-)" /dev/null
uc_run sh -c 'echo x' >&- 2>/dev/null
# the shell closes its ends of the pipe while ls starts
is "$(uc_run sh -c '(sleep 0.2; ls /proc/$$/fd) | tr "\n" " "')" '0 1 2 '
# a reader that goes away
uc_run sh -c 'yes' 2>/dev/null | head -n 1 >"$CASE_DIR/one"
is "$(cat "$CASE_DIR/one")" y
# appended, not truncated
echo first >"$CASE_DIR/log"
uc_run echo second >>"$CASE_DIR/log"
is "$(cat "$CASE_DIR/log")" "first
second"
