#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cp -a, tar and rm -rf of a real tree inside.
. "$LIB"

need_host_root "/usr is bound, read-only"

src=/usr/share/doc/bash
[ -d $src ] || skip "no $src"
ok uc_run bash -c "set -e; cp -a $src /t; diff -r $src /t; tar cf /x.tar -C /t .; mkdir /u; tar xf /x.tar -C /u; diff -r /t /u; rm -rf $src; [ ! -e $src ]; ls /usr/share/doc | grep -cx bash || echo none"
out_is '0
none'
[ -d $src ] || fail "the host's is gone"
