#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program, or an interpreter, that may be executed but not read: 126, and that is what is said.
. "$LIB"
need_level path "the kernel runs what it may execute and nobody read"

mkdir -p "$W"
cp /bin/true "$W/closed"
printf '#!%s\n' "$W/closed" >"$W/script"
chmod 755 "$W/script"
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$W/closed"
else
	chmod 111 "$W/closed"
fi
one_error 126 'may not read .*/closed' uc_run "$W/closed"
one_error 126 'may not read .*/closed' uc_run "$W/script"
chmod 755 "$W/closed"
ok uc_run "$W/script"
chmod 644 "$W/closed"
one_error 126 'chmod \+x' uc_run "$W/closed"
