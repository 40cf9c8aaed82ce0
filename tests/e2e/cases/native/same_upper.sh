#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One upper layer at both levels: owners, modes, capabilities and names survive the way there and back.
. "$LIB"

need_level native "both levels are run here"
look='cd /t; for f in f d d/in link fifo; do stat -c "%n %u:%g %a %F" $f; done; cat f; cat d/in; ls /gone 2>&1 | wc -l; getcap cap 2>/dev/null; getfacl -n acl 2>/dev/null | grep :7'
path() { "$UCRUN" --trap path -u test "$@"; }
native() { "$UCRUN" --trap native -u test "$@"; }
want='f 1000:2000 4711 regular file
d 33:33 2750 directory
d/in 44:44 604 regular file
link 5:6 777 symbolic link
fifo 8:9 640 fifo
content
inner
1'
make='mkdir /t; cd /t; echo content >f; chown 1000:2000 f; chmod 4711 f; mkdir d; echo inner >d/in; chmod 604 d/in; chown 44:44 d/in
chown 33:33 d; chmod 2750 d; ln -s f link; chown -h 5:6 link; mkfifo fifo; chmod 640 fifo; chown 8:9 fifo; touch acl; setfacl -m u:77:rw,g:78:r acl 2>/dev/null; rm -f /etc/hostname; chown 7:7 /etc/issue; cp /bin/true cap; setcap cap_chown+ep cap 2>/dev/null; true'
for first in path native; do
	ok $first bash -ec "$make"
	for level in $first native path native path; do
		ok $level bash -c "$look"
		[ "$(grep -v '^cap \|:7' "$CASE_DIR/out")" = "$want" ] || fail "made at $first, seen at $level: $(diff <(echo "$want") "$CASE_DIR/out")"
		[ -x /sbin/setcap ] && out_has '^cap cap_chown=ep'
		if command -v setfacl >/dev/null; then
			out_has '^user:77:rw-'
			out_has '^group:78:r--'
		fi
		ok $level stat -c %u:%g /etc/issue
		out_is 7:7
		expect 1 $level cat /etc/hostname
	done
	# at path level everything on disk is one user's, and no set-id bit is real
	ok path true
	is "$(find "$(upper "")" ! -type c -printf '%U\n' | sort -u | wc -l)" 1 "owners on disk"
	is "$(find "$(upper "")" -perm /6000 | wc -l)" 0 "set-id bits on disk"
	ok native true
	[ "$(find "$(upper "")" ! -type c -printf '%U\n' 2>/dev/null | sort -u | wc -l)" -gt 1 ] || fail "no real owners"
	[ "$(id -u)" -ne 0 ] || [ "$(find "$(upper "")" ! -type c -printf '%U\n' | sort -n | head -1)" -gt 1000000 ] || fail "somebody's uid"
	ok "$UC" reset test
	ok native true
done
ok "$UC" rm test
[ -z "$(ls -A "$UC_HOME" | grep -v '^\.')" ] || fail "left: $(ls -A "$UC_HOME")"
[ -e "$UC_HOME/.ids.test" ] && fail "the range is still recorded"
exit 0
