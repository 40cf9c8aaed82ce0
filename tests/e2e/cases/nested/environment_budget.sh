#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Budget= of an environment holds in a nested session, and is not the outer one's of that name.
. "$LIB"

mkdir -p "$HOME/.config/uc/eel.d"
printf '[small]\nGlobs = *.sml\nClass = code\nProgram = /usr/bin/python3\nArgs = -c exec(open("%%f","rb").read()[8:]) %%a\nBudget = memory=48M swap=0 pids=6\n' \
	>"$HOME/.config/uc/eel.d/small.ee"
# program FILE - from standard input, behind eight bytes that are nobody's
program()
{
	(printf '\177\001\002\003\004\005\006\n' && cat) >"$1"
	chmod 755 "$1"
}
program "$W/count.sml" <<'EOF'
import os, signal, sys
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
print(len(children), flush=True)
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

need_cgroup
ok uc_run "$UCRUN" -u inner "$W/count.sml"
out_is 5
err_has '^ucrun: budget: small~[0-9]+: pids: refused 1 at 6(;|$)'
ok uc_run "$UCRUN" -u inner sh -c '"$1"; echo $?' sh "$W/eat.sml"
out_is 137
err_has '^ucrun: budget: small~[0-9]+: memory: killed 1 task at 48M'

# the outer session's, one nested in it and another one: each has its own while the others run
cat >"$W/three" <<'EOF'
mkfifo "$1/go"
"$2" -u inner "$1/count.sml" wait <>"$1/go" >"$1/out.1" &
until grep -q . "$1/out.1"; do sleep 0.05; done
"$2" -u other "$1/count.sml" wait <>"$1/go" >"$1/out.2" &
until grep -q . "$1/out.2"; do sleep 0.05; done
"$1/count.sml"
cat "$1/out.1" "$1/out.2"
echo xx >"$1/go"
wait
EOF
ok uc_run sh "$W/three" "$W" "$UCRUN"
out_is '5
5
5'

# what a nested session asks for is no limit of the outer one's, nor of one after it
cat >"$CASE_DIR/claim.py" <<'EOF'
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
argv = (ctypes.c_char_p * 2)(sys.argv[1].encode(), None)
print(libc.syscall(59, b"/dev/uc/budget", argv, None) > 0, flush=True)
EOF
ok uc_run sh -c '"$1" -u inner /usr/bin/python3 "$2" "small pids=100"; "$3"; "$1" -u inner "$3"' sh \
	"$UCRUN" "$CASE_DIR/claim.py" "$W/count.sml"
out_is 'True
5
5'
# nor can its number be asked for
ok uc_run "$UCRUN" -u inner /usr/bin/python3 "$CASE_DIR/claim.py" 'small~0 pids=100'
out_is False
# the places are not used up by those that have ended
ok uc_run sh -c 'i=0; while [ $i -lt 40 ]; do i=$((i + 1)); "$1" -u inner /usr/bin/python3 "$2" "n$i pids=50"; done; "$1" -u inner "$3"' sh \
	"$UCRUN" "$CASE_DIR/claim.py" "$W/count.sml"
is "$(sort "$CASE_DIR/out" | uniq -c | tr -s ' \n' ' ')" ' 1 5 40 True '
wait_for no_cgroups
