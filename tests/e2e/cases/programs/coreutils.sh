#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

same_sh '
export TZ=UTC
cp a c1; cp -a d d2; cp -l a c2; cp -s a c3 2>&1; cp --reflink=auto b c4; ls -R --time-style=+ | grep -v ^total
mv c1 m1; ln -f b l1; ln -sf b l2; mkdir -p x/y/z; rmdir x/y/z; rm -r x; install -m 711 a inst; touch -d @5 t; touch -r a t2
stat -c "%n %F %a %s %h" a hard link inst t d/x; stat -c %Y t t2; readlink link; readlink -f dlink/text | sed "s,.*/work,,"; realpath --relative-to=. dlink/e
chmod -R go-rwx d; stat -c %a d d/text; chmod u+s d/x; stat -c %a d/x
head -n 1 d/text; tail -c 5 d/text; wc d/text; sort -r d/text; uniq a; cut -c 1-3 d/text; tr a b <a; tee t3 <a; comm a b; join a a; paste a b; split -l 1 d/text sp.; ls sp.*
dd if=/dev/zero of=dd bs=1k count=3 2>/dev/null; du --apparent-size -b dd; truncate -s 10 dd; sha256sum dd a; md5sum a | md5sum -c; cksum a; base64 a; od -c a; shred -u dd; ls dd 2>&1
test -f a -a -x d/x; echo $?; mktemp -u | wc -c; mktemp -p . >/dev/null; ls tmp.* | wc -l; mknod pipe p; sync a; df . >/dev/null; timeout 5 true; echo $?; nice true; env -i A=b env; basename d/e; dirname d/e; pwd | sed "s,.*/,,"; seq 3; yes | head -n 2; date -d @0; nohup true 2>/dev/null; chgrp 0 a 2>/dev/null; stdbuf -oL cat a; numfmt 1000; factor 12; unlink a; link b nb; vdir d | wc -l; dircolors >/dev/null; tac d/text; nl a 2>&1; fold -w 4 b; expand b; pr b >/dev/null; fmt d/text; csplit -q d/text 2; ls xx*
'
