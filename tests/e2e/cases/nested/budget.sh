#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The inner session lives of the outer one's budget.
. "$LIB"

# asked for inside: what can be held is, the rest is told in a line
ok uc_run "$UCRUN" -u inner --nofile 77 sh -c 'ulimit -n'
out_is 77
expect 0 uc_run "$UCRUN" -u inner --cpus 1 true
err_has 'budget: .*can be enforced'
one_error 125 'budget: ' uc_run "$UCRUN" -u inner --require-budget true
need python3
# under that limit a sanitizer build of the inner ucrun itself does not get to the program
[ -n "${SANITIZED-}" ] || {
	ok uc_run "$UCRUN" -u inner --memory 64M python3 -c 'try:
    bytearray(1 << 28)
    print("no limit")
except MemoryError:
    print("limited")'
	out_is limited
}
need_cgroup
cat >"$CASE_DIR/forks.py" <<'PY'
import os, time
n = 0
try:
    while n < 200:
        if os.fork() == 0:
            time.sleep(1000)
            os._exit(0)
        n += 1
except OSError:
    pass
print('forked', n if n >= 200 else 'fewer')
os.kill(-1, 9)
PY
ok uc_run --require-budget --pids 60 "$UCRUN" -u inner python3 "$CASE_DIR/forks.py"
out_is 'forked fewer'
# and a wish for more than that changes nothing
ok uc_run --require-budget --pids 60 "$UCRUN" -u inner --pids 500 python3 "$CASE_DIR/forks.py"
out_is 'forked fewer'
[ "$LEVEL" = native ] && exit 0 # where programs see the machine's processors: docs/limits.md
ok uc_run --require-budget --cpus 1 "$UCRUN" -u inner nproc
out_is 1
