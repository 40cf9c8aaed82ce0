#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

same_sh '
tar cf t.tar --sort=name --mtime=@0 --owner=0 --group=0 d link hard a fifo dangling; tar tvf t.tar; mkdir o; tar xf t.tar -C o; ls -R o; cat o/d/text
tar czf t.tgz d; mkdir z; tar xzf t.tgz -C z; diff -r d z/d; echo $?; tar cf - . --exclude=t.tar --exclude=t.tgz --exclude=o --exclude=z | tar tf - | sort; tar rf t.tar b; tar tf t.tar | tail -n 1; tar df t.tar | grep -v "[UG]id differs"; tar --delete -f t.tar b; tar xf missing.tar 2>/dev/null; echo $?
'
d=/usr/share/doc/git
[ -d $d ] || d=/usr/share/doc/bash
is "$(uc_run tar cf - --sort=name --numeric-owner --mode=a=r --owner=0 --group=0 -C /usr/share/doc "$(basename $d)" | sha256sum)" \
	"$(tar cf - --sort=name --numeric-owner --mode=a=r --owner=0 --group=0 -C /usr/share/doc "$(basename $d)" | sha256sum)"
