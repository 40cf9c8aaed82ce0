#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without a cpu controller, --cpus freezes the session for moments, and nobody inside can tell.
. "$LIB"

need_cgroup
wait_for no_cgroups # in which the cpu controller would still be found
cat >"$CASE_DIR/inner" <<'EOF'
. "$LIB"
without_cpu || skip "no freezer, or no way to hide the cpu controller"
ok uc_run --cpus 0.2 /usr/bin/python3 -c '
import os, signal, time
told = []
signal.signal(signal.SIGCHLD, lambda *_: told.append(1))
begin = time.monotonic()
pid = os.fork()
if pid == 0:
    while time.process_time() < 0.5:
        pass
    os._exit(0)
seen = 0
while True:
    p, status = os.waitpid(pid, os.WUNTRACED | os.WCONTINUED)
    if os.WIFEXITED(status):
        break
    seen += 1
# 0.5 s at 0.2 of a processor are 2.5 s
print(seen, len(told), time.monotonic() - begin > 1.25)
'
out_is '0 1 True'
err_has '^ucrun: budget: cpus: held by freezing the session'
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "not one line"
wait_for no_cgroups
one_error 125 '^ucrun: budget: cpus: cannot be enforced here: no cpu controller, only a freezer' \
	uc_run --require-budget --cpus 0.2 true
ok uc_run --require-budget --pids 100 true
wait_for no_cgroups
# the keeper's own work may be more than that where it is slow (tests/real/kernel); it would never end
ok uc_run --cpus 0.05 true
wait_for no_cgroups

frozen()
{
	local dir

	for dir in $(cgroups); do
		grep -qs FRO "$dir/run/freezer.state" && return 0
		grep -qs 'frozen 1' "$dir/run/cgroup.events" && return 0
	done
	return 1
}

swept()
{
	[ -z "$without" ] || "$UC" list >/dev/null
	no_cgroups
}

# a frozen session ends when it is killed, with its keeper or without; uc set froze it
for without in '' keeper; do
	"$UCRUN" --trap "$LEVEL" -q -u test --cpus 2 sh -c 'echo up; while :; do :; done' \
		>"$CASE_DIR/out" 2>"$CASE_DIR/err" &
	pid=$!
	wait_for grep -q up "$CASE_DIR/out"
	ok "$UC" set test cpus=0.01
	wait_for frozen
	if [ "$without" ]; then
		for p in $(cat /proc/$pid/task/$pid/children); do
			[ "$(cat /proc/"$p"/comm)" = uc-keeper ] && kill -KILL "$p"
		done
	fi
	kill -KILL $pid
	wait $pid 2>/dev/null
	wait_for swept
	ok "$UC" set test cpus=
done
EOF
apart "$CASE_DIR/inner"
status=$?
[ $status -eq 77 ] && skip "not here"
exit $status
