#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

one_error 125 'option' "$UCRUN" --no-such-option true
one_error 125 '' "$UCRUN" -Z true
one_error 125 '' "$UCRUN" --user
one_error 125 '' "$UCRUN"
one_error 125 '' "$UCRUN" -u test
one_error 125 '' "$UCRUN" --trap sideways -u test true
one_error 125 '' "$UCRUN" -u test -b /missing/source:/mnt true
one_error 125 '' "$UCRUN" -u test -b "$W:/mnt:sideways" true
one_error 125 '' "$UCRUN" -u test -r /missing/root true
one_error 125 '' "$UCRUN" -u test -C /missing/dir true
[ ! -s "$CASE_DIR/out" ] || fail "output"
uc_fails "$UC" no-such-command
uc_fails "$UC"
