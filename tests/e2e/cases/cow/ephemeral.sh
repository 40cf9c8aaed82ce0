#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -e forgets every change at the end and sees the compartment's.
. "$LIB"

seed
ok inside sh -c 'echo kept >a; rm b'
ok inside -e sh -c 'cat a; [ ! -e b ] || echo b; echo gone >a; rm -r d; echo new >new; echo b2 >b; cat a new b; [ ! -e d ] && echo no-d'
out_is 'kept
gone
new
b2
no-d'
ok inside sh -c 'cat a; ls d; [ ! -e new ] && [ ! -e b ] && echo forgotten'
out_is 'kept
e
text
x
forgotten'
[ -z "$(ls "$UC_HOME/test/sessions" 2>/dev/null)" ] || fail "left: $(ls "$UC_HOME/test/sessions")"
is "$(cat "$W/a")" one
