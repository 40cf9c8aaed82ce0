#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The supervisor's own umask, credentials and limits do not show.
. "$LIB"

seed
(umask 0777; cd "$W" && "$UCRUN" --trap $LEVEL -u test bash -c 'umask; umask 022; echo x >f; mkdir g; umask 027; mknod p p; stat -c %a f g p') >"$CASE_DIR/out" 2>&1
out_is '0777
644
755
640'
(umask 0; cd "$W" && "$UCRUN" --trap $LEVEL -u test2 bash -c 'umask 077; echo x >f2; stat -c %a f2')  >"$CASE_DIR/out" 2>&1
out_is 600
echo secret >"$W/closed"
chmod 000 "$W/closed"
[ "$LEVEL" = native ] || expect 1 inside cat closed
(ulimit -n 64; cd "$W" && uc_run bash -c 'for i in $(seq 100); do : <a; done; echo fine') >"$CASE_DIR/out" 2>&1
out_is fine
# a file-size limit is the task's, and so is the signal
seed
same_sh '{ ulimit -f 10; head -c 100000 /dev/zero >big; echo $?; stat -c %s big; } 2>/dev/null'
