#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An environment with Budget= in its record has a cgroup of its own, below its session's.
. "$LIB"

# environment NAME EXTENSION BUDGET - files *.EXTENSION are python programs of that environment
environment()
{
	mkdir -p "$HOME/.config/uc/eel.d"
	printf '[%s]\nGlobs = *.%s\nClass = code\nProgram = /usr/bin/python3\nArgs = -c exec(open("%%f","rb").read()[8:]) %%a\nBudget = %s\n' \
		"$1" "$2" "$3" >"$HOME/.config/uc/eel.d/$1.ee"
}
# program FILE - from standard input, behind eight bytes that are nobody's
program()
{
	(printf '\177\001\002\003\004\005\006\n' && cat) >"$1"
	chmod 755 "$1"
}
json()
{
	/usr/bin/python3 -c "import json, sys; d = json.load(sys.stdin); print($1)" <"$CASE_DIR/out"
}
environment small sml 'memory=48M swap=0 pids=6 cpus=0.5 nofile=50'
environment wide wid 'memory=1G pids=100'
program "$W/count.sml" <<'EOF'
import os, resource, signal, sys
children = []
for i in range(10):
    try:
        pid = os.fork()
    except BlockingIOError:
        break
    if pid == 0:
        signal.alarm(60)
        signal.pause()
    children.append(pid)
print(len(children), resource.getrlimit(resource.RLIMIT_NOFILE)[1], flush=True)
if sys.argv[1:]:
    os.read(0, 1)
for pid in children:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
EOF
program "$W/eat.sml" <<'EOF'
x = bytearray(120 << 20)
print("eaten", len(x))
EOF
# What a program of an environment may ask for once more, and how it cannot get out.
program "$W/lift.sml" <<'EOF'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def ask(words):
    argv = (ctypes.c_char_p * 2)(words, None)
    ret = libc.syscall(59, b"/dev/uc/budget", argv, None)
    return ret if ret >= 0 else -ctypes.get_errno()
def where():
    return open("/proc/self/cgroup").read()
before = where()
for words in b"wide pids=100", b"small pids=100 memory=1G", b"../../x pids=9", b"x", b"":
    ask(words)
print(where() == before, before.count("e-small") > 0, flush=True)
os.execv(sys.argv[1], [sys.argv[1]])
EOF
program "$W/where.wid" <<'EOF'
text = open("/proc/self/cgroup").read()
print(text.count("e-small") > 0, text.count("e-wide"))
EOF
cp "$W/where.wid" "$W/free.wid"
program "$W/wait.wid" <<'EOF'
import time
print("up", flush=True)
time.sleep(1000)
EOF

ok uc_run --explain "$W/eat.sml"
out_has '^budget: +cpus=0.500 memory=48M swap=0 pids=6 nofile=50$'
printf '[bad]\nGlobs = *.bad\nProgram = true\nBudget = memory=abc\n' >"$HOME/.config/uc/eel.d/bad.ee"
uc_run "$W/where.wid" 2>"$CASE_DIR/err" >/dev/null
err_has 'bad.ee:4: Budget: memory=abc: not a size'
rm "$HOME/.config/uc/eel.d/bad.ee"

without_cgroup()
{
	. "$LIB"
	[ -n "${SANITIZED-}" ] && exit 0 # RLIMIT_DATA counts what it sets aside
	ok uc_run --memory 800M "$W/count.sml"
	out_is '10 50'
	# one line for the environment, whatever is said of the session
	[ "$(grep -c small "$CASE_DIR/err")" -eq 1 ] || fail "not one line: $(cat "$CASE_DIR/err")"
	err_has 'small: budget: cpus, memory, swap, pids: cannot be enforced here \(memory: for each process alone\): there is no cgroup'
	expect 1 uc_run "$W/eat.sml"
	err_has MemoryError
}
if ! uc_run --require-budget --cpus 2 --memory 256M --pids 200 true 2>/dev/null; then
	without_cgroup
	exit 0
fi

# its limits: on pids, on memory, and said at the end
ok uc_run "$W/count.sml"
out_is '5 50'
err_has '^ucrun: budget: small: pids: refused 1 at 6(;|$)'
wait_for no_cgroups
ok uc_run sh -c '"$1"; echo $?' sh "$W/eat.sml"
out_is 137
err_has '^ucrun: budget: small: memory: killed 1 task at 48M'
[ "$(grep -c memory "$CASE_DIR/err")" -eq 1 ] || fail "said twice: $(cat "$CASE_DIR/err")"
# the session itself has what it had
ok uc_run sh -c '"$1" && /usr/bin/python3 -c "print(len(bytearray(100 << 20)) >> 20)"' sh "$W/count.sml"
out_is '5 50
100'

# one for all that it runs in a session, and uc tells
mkfifo "$CASE_DIR/go"
uc_run sh -c '"$1" wait' sh "$W/count.sml" <>"$CASE_DIR/go" >"$CASE_DIR/first" 2>"$CASE_DIR/first.err" &
pid=$!
wait_for grep -q . "$CASE_DIR/first"
is "$(cat "$CASE_DIR/first")" '5 50'
ok "$UC" info test --json
is "$(json '*[d["environments"][0][k] for k in ("name", "pids")], d["environments"][0]["budget"]["pids"]')" 'small 6 6'
ok "$UC" info test
out_has '^own budget small in session [0-9]+: cpus 0.500 memory 48M swap 0 pids 6; '
ok "$UC" top --once
out_has '^    small .* 0.500 .* 48M +6 +6 '
ok "$UC" top --json
is "$(json 'd[0]["environments"][0]["budget"]["memory"]')" 48M
# a limit of the session's may go below it at any time
ok "$UC" set test cpus=0.1 memory=40M
ok "$UC" set test cpus= memory=
echo x >"$CASE_DIR/go"
wait $pid
wait_for no_cgroups
ok uc_run sh -c '"$1" & "$1"; wait' sh "$W/count.sml"
[ "$(awk '{ n += $1 } END { print n }' "$CASE_DIR/out")" -le 9 ] ||
	fail "two have more than one: $(cat "$CASE_DIR/out")"

# nothing inside lifts it, and an environment in it stays in it
ok uc_run sh -c '"$1" "$2"; "$3"' sh "$W/lift.sml" "$W/where.wid" "$W/free.wid"
out_has '^True True$'
out_has '^False [12]$'
out_has '^True 0$'

# killed with its keeper: swept
"$UCRUN" --trap "$LEVEL" -u test "$W/wait.wid" >"$CASE_DIR/first" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/first"
for p in $(cat /proc/$pid/task/$pid/children); do
	[ "$(cat /proc/"$p"/comm)" = uc-keeper ] && kill -KILL "$p"
done
kill -KILL $pid
wait $pid 2>/dev/null
swept()
{
	"$UC" list >/dev/null && no_cgroups
}
wait_for swept

# where no cgroup may be made
cat >"$CASE_DIR/inner" <<EOF
. "\$LIB"
without_cgroups || exit 0
$(declare -f without_cgroup)
without_cgroup
EOF
apart "$CASE_DIR/inner"
