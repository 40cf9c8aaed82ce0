#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# git on a tree of 5,000 files.
. "$LIB"

need git
ok uc_run bash -ec '
export HOME=/tmp/h GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e
mkdir -p /tmp/h /tmp/big && cd /tmp/big
for d in $(seq 50); do mkdir d$d; for f in $(seq 100); do echo "$d $f" >d$d/f$f; done; done
git init -q -b main .; git add .; git commit -qm all; git status --short; git ls-files | wc -l
echo x >>d7/f7; rm d8/f8; git status --short; git checkout -q .; git status --short; git gc -q
git clone -q /tmp/big /tmp/clone; cd /tmp/clone; git status --short; find . -name "f*" -type f -not -path "./.git/*" | wc -l; git fsck 2>/dev/null; echo done'
out_is '5000
 M d7/f7
 D d8/f8
5000
done'
