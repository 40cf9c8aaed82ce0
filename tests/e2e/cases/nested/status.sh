#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Status, signals, arguments, environment, directory and descriptors go through.
. "$LIB"

inner() { uc_run "$UCRUN" -u inner "$@"; }

expect 7 inner sh -c 'exit 7'
for sig in 1 2 9 15; do
	expect $((128 + sig)) inner sh -c "kill -$sig \$\$"
done
one_error 127 'not found' uc_run env PATH=/usr/bin:/bin "$UCRUN" -u inner no-such-program
one_error 126 '/etc/passwd' inner /etc/passwd
one_error 125 'cannot start there' inner -C /no/such/place true
one_error 125 'bad name' inner -u ../x true
one_error 125 '--root wants' inner -r /no/such/root true
one_error 125 'source of --bind' inner -b /no/such/source true
one_error 125 'rw, ro and cow' inner -b /etc:/mnt:merge true
other=native
[ "$LEVEL" = native ] && other=path
one_error 125 'not possible' inner --trap $other true
ok inner -C /usr -E A=b sh -c 'pwd; echo "$A $UC $# $2"; id -u' x 1 'a b'
out_is "$(printf '/usr\nb inner 2 a b\n0')"
ok inner --hostname nest uname -n
out_is nest
cd /usr/bin || fail cd
ok inner pwd
out_is /usr/bin
is "$(printf 'one\ntwo\n' | inner sort -r)" "$(printf 'two\none')"
inner sh -c 'echo out; echo err >&2' >"$CASE_DIR/o" 2>"$CASE_DIR/e"
is "$(cat "$CASE_DIR/o") $(cat "$CASE_DIR/e")" "out err"
inner sh -c 'cat <&5' 5<"$0" >"$CASE_DIR/o"
same_file "$0" "$CASE_DIR/o"
# what is left running keeps the session; so its output is all there
is "$(inner sh -c '(sleep 0.2; echo late) & exit 3'; echo $?)" "$(printf 'late\n3')"
# a signal to the inner ucrun is the program's
uc_run sh -c '"$1" -u inner sh -c "trap \"exit 9\" TERM; echo ready; while :; do sleep 0.1; done" >/tmp/ready & until [ -s /tmp/ready ]; do sleep 0.05; done; kill $!; wait $!' x "$UCRUN"
is $? 9
