#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The entries of a POSIX ACL grant and deny, within the mask, and a directory's default ACL is handed down.
. "$LIB"

need setfacl getfacl setpriv
cat >"$W/asked.sh" <<'S'
umask 027
as() { who=$1; shift; setpriv --reuid "$who" --regid "$who" --groups "$GROUPS_OF" "$@" 2>/dev/null; }
may() { for want in r w x; do as "$1" test -$want "$2" && printf $want || printf -- -; done; as "$1" cat "$2" >/dev/null && printf ' cat'; echo; }
GROUPS_OF=99
mkdir d; chmod 755 . d; cd d
echo x >f; chmod 640 f
setfacl -m u:12:rwx,u:13:---,g:14:r,m::rx f
for who in 12 13 14 15; do may $who f; done
chmod o+r f; may 13 f; may 15 f
GROUPS_OF=14; may 15 f; setfacl -m g:14:--- f; may 15 f; may 12 f; GROUPS_OF=99
chmod g-rwx f; may 12 f; chmod 640 f
mkdir -m 700 s; echo y >s/in; chmod 644 s/in; may 12 s/in; setfacl -m u:12:x s; may 12 s/in; may 15 s/in
as 12 ls s || echo closed
mkdir -m 700 t; setfacl -m u:12:rwx t; as 12 touch t/made; stat -c %u t/made; as 13 touch t/other || echo refused
mkdir h; setfacl -d -m u:12:rwx,g:14:rx,o::r h; cd h
touch file; mkdir dir; mkfifo fifo; mkdir -m 711 dir/deep; ln -s file link; (umask 077; touch dir/masked)
python3 -c 'import os, socket
os.close(os.open("strict", os.O_CREAT | os.O_WRONLY, 0o600))
socket.socket(socket.AF_UNIX).bind("sock")'
for f in file dir dir/deep dir/masked strict; do echo "$f" $(getfacl -cnE $f); done
stat -c '%n %a' *
S
cat >"$W/want" <<'S'
r-x cat
---
r-- cat
---
---
r-- cat
r-- cat
---
rwx cat
r-- cat
---
r-- cat
---
closed
12
refused
file user::rw- user:12:rwx group::r-x group:14:r-x mask::rw- other::r--
dir user::rwx user:12:rwx group::r-x group:14:r-x mask::rwx other::r-- default:user::rwx default:user:12:rwx default:group::r-x default:group:14:r-x default:mask::rwx default:other::r--
dir/deep user::rwx user:12:rwx group::r-x group:14:r-x mask::--x other::--x default:user::rwx default:user:12:rwx default:group::r-x default:group:14:r-x default:mask::rwx default:other::r--
dir/masked user::rw- user:12:rwx group::r-x group:14:r-x mask::rw- other::r--
strict user::rw- user:12:rwx group::r-x group:14:r-x mask::--- other::---
dir 774
fifo 664
file 664
link 777
sock 750
strict 600
S
# shellcheck disable=SC2016
uc_run -q -e sh -c 'mkdir /tmp/asked && cd /tmp/asked && bash "$0"' "$W/asked.sh" >"$W/got" || fail "status $?"
diff "$W/want" "$W/got" || fail "not what Linux says"
