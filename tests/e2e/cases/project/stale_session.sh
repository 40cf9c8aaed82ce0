#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a crashed session left is healed by the next one: its directory, lock, half-made copies.
. "$LIB"

ok uc_run sh -c 'echo kept >/tmp/kept'
c=$UC_HOME/test
sessions() { find "$c/sessions" -mindepth 1 -maxdepth 1 -name '[0-9]*'; }
# as a crash leaves it: nobody holds the lock; without one, with rubbish, of a pid that is another's
mkdir -p "$c/sessions/999999/tmp/dev" "$c/sessions/$$/tmp" "$c/sessions/777"
echo rubbish >"$c/sessions/999999/info"
: >"$c/sessions/999999/lock"
: >"$c/sessions/$$/lock"
printf 'pid=%s\nstart=1\nlevel=%s\nuserns=3\nmntns=4\ncommand=x\n' $$ "$LEVEL" >"$c/sessions/$$/info"
mkfifo "$c/sessions/777/lock"
chmod 000 "$c/sessions/999999/tmp"
mkdir -p "$c/work/tmp.1.2"
echo half >"$c/work/tmp.1.2/f"
echo half >"$c/work/tmp.1.3"
[ "$(id -u)" -eq 0 ] && chown -R --reference="$c" "$c/sessions" "$c/work/tmp.1.2" "$c/work/tmp.1.3"
ok uc_run cat /tmp/kept
out_is kept
is "$(sessions)" '' "directories of dead sessions"
if [ "$LEVEL" = path ]; then
	is "$(ls -A "$c/work")" '' "half-made copies"
fi
# a lock that somebody alive holds is waited for, and told after a while; a dead holder's is nothing
rm -f "$c/sessions/.lock"
ok uc_run true
exec 9<>"$c/sessions/.lock"
flock 9
one_error 125 'at work there; try again' uc_run true
exec 9>&-
ok uc_run cat /tmp/kept
out_is kept
# no lock at all, and no directory of sessions
rm -rf "$c/sessions"
ok uc_run cat /tmp/kept
out_is kept
