#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Owners and modes of what can carry no record of its own: symlinks, FIFOs, sockets.
. "$LIB"

[ "$LEVEL" = path ] || need_root
ok uc_run bash -ec 'mkdir /o; cd /o; ln -s x l; chown -h 5:6 l; mkfifo p; chown 7:8 p; chmod 640 p; mkfifo -m 400 q
	python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\"s\")"; chown 9:9 s; chmod 600 s
	chown -h 44:45 /etc/mtab
	chmod 777 .; setpriv --reuid 33 --regid 33 --clear-groups sh -c "ln -s y w; mkfifo wp"'
# in another session, under other names, copied and unpacked
ok uc_run bash -ec 'cd /o; mv l l2; ln l2 l3; mv p p2; cp -a . ../o2; tar cf ../o.tar l2 l3 p2 q w; mkdir ../o3; tar xpf ../o.tar -C ../o3
	stat -c "%n %u:%g %a" /etc/mtab /o/* /o2/l2 /o2/p2 /o2/w /o3/l3 /o3/p2'
is "$(cat "$CASE_DIR/out")" "/etc/mtab 44:45 777
/o/l2 5:6 777
/o/l3 5:6 777
/o/p2 7:8 640
/o/q 0:0 400
/o/s 9:9 600
/o/w 33:33 777
/o/wp 33:33 644
/o2/l2 5:6 777
/o2/p2 7:8 640
/o2/w 33:33 777
/o3/l3 5:6 777
/o3/p2 7:8 640"
# one object, several names: it is forgotten with the last, and a new object starts anew
ok uc_run bash -ec 'cd /o; chown -h 0:0 l3; stat -c "%u:%g" l2; chown -h 9 l2; rm l2; stat -c "%u:%g" l3; rm l3 p2 q s w wp /etc/mtab
	for i in 1 2 3 4 5 6 7 8; do ln -s n n$i; done; stat -c "%u:%g" n* | sort -u; rm -r /o /o2 /o3 /o.tar'
is "$(cat "$CASE_DIR/out")" "0:0
9:0
0:0"
[ "$LEVEL" = native ] || is "$(find "$UC_HOME/test/work" -name 'own.*')" ""
