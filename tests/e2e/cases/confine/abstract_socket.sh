#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The host's abstract sockets are out of reach.
. "$LIB"

need_prog escape listener
name=uce2e-$$
"$PROGS/listener" "@$name" >"$CASE_DIR/l" &
listener=$!
wait_for grep -q listening "$CASE_DIR/l"
"$UCRUN" --trap $LEVEL -u test -E ABSTRACT=$name "$PROGS/escape" abstract_socket >"$CASE_DIR/out" 2>&1
status=$?
kill $listener
is $status 0 "$(cat "$CASE_DIR/out")"
