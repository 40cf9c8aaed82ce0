#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need ssh-keygen
ok uc_run bash -ec 'mkdir /tmp/sk; cd /tmp/sk; ssh-keygen -q -t ed25519 -N "" -f key; stat -c %a key; ssh-keygen -y -f key | cut -d" " -f1; ssh-keygen -lf key.pub | grep -c ED25519; echo data >d; ssh-keygen -q -Y sign -f key -n t d; ls key key.pub d.sig; ssh-agent bash -c "ssh-add -q key && ssh-add -l | grep -c ED25519"'
out_has '^600$'
out_has '^ssh-ed25519$'
out_has '^d.sig$'
[ ! -e /tmp/sk ] || fail "it is on the host"
