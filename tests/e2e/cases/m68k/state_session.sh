#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# a state that is saved in one compartment is restored in another and outside: names are the view's
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
. "$(dirname "$LIB")/state.sh"
m68k_build state -static
mkdir -p "$W/sub" && touch "$W/sub/inner"
printf 'first line\nsecond line\n' >"$W/data"
cat >"$CASE_DIR/saver" <<'SH'
cd "$1" || exit 1
shift
exec 3>&-
"$M68K" -q --save st --save-exit "$CASE_DIR/state" "$@" >out1 </dev/null &
for i in $(seq 500); do grep -q ready out1 && break; sleep 0.02; done
kill -USR2 $!
wait $!
SH
export M68K
want='5 [ line] 3 [
sene] [second line
]
append 4 2001 cloexec 1 0
null 1 1 0
dir 1, cwd /sub
umask 27'
expect 0 uc_as one sh "$CASE_DIR/saver" "$W" files
[ ! -e "$W/st" ] || fail 'it was saved outside of the compartment'
uc_as one cat "$W/st" >"$CASE_DIR/st"
uc_as one cat "$W/log" >"$CASE_DIR/log"
cp "$CASE_DIR/st" "$W/st"
cp "$CASE_DIR/log" "$W/log"
state_restore "$UCRUN" --trap "$LEVEL" -u two "$M68K"
state_is "$want"
printf 'one\n' | diff -au - "$W/log" || fail 'the restored one wrote outside'
uc_as two cat "$W/log" | tail -n 1 | grep -qx two || fail 'the restored one did not write'
state_restore
state_is "$want"
