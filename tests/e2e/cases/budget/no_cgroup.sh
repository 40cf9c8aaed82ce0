#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where no cgroup may be made: one warning for what was asked for, an error when it is required.
. "$LIB"

cat >"$CASE_DIR/inner" <<'EOF'
. "$LIB"
without_cgroups || skip "cgroups cannot be taken away"
ok uc_run echo plain
err_empty
ok uc_run --nofile 100 sh -c 'ulimit -n'
err_empty
out_is 100
ok uc_run --cpus 0.5 --cpu-weight 50 echo asked
out_is asked
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "not one line: $(cat "$CASE_DIR/err")"
err_has '^ucrun: budget: cpus, cpu-weight: cannot be enforced here: '
ok uc_run --memory 256M /usr/bin/python3 -c '
try:
    bytearray(600 << 20)
except MemoryError:
    print("no")
'
out_is no
err_has 'for each process alone'
ok uc_run --cpus max echo max
err_empty
one_error 125 '^ucrun: budget: cpus: cannot be enforced here: ' uc_run --require-budget --cpus 1 true
one_error 125 '^ucrun: budget: limits: cannot be enforced here: ' uc_run --require-budget true
EOF
apart "$CASE_DIR/inner"
status=$?
[ $status -eq 77 ] && skip "not here"
exit $status
