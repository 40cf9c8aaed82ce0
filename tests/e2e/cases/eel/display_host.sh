#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --display none and host: whose display a session can reach, and who has a say in it.
. "$LIB"
. "$(dirname "$LIB")/x11.sh"

need xauth python3
cd "$W" || exit 1
# a server that wants a cookie, which only its owner can read, among those of other displays
export XAUTHORITY=$CASE_DIR/cookies
(umask 077 && : >"$XAUTHORITY")
cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
x_start -auth "$XAUTHORITY"
xauth -q add "$(uname -n)/unix:$X" . "$cookie" 2>/dev/null
xauth -q add "$(uname -n)/unix:9999" . 00112233445566778899aabbccddeeff 2>/dev/null
xauth -q add "elsewhere/unix:$X" . 0123456789abcdef0123456789abcdef 2>/dev/null
kill -HUP "${servers[0]}" # read them
export DISPLAY=:$X
wait_for xwd -silent -root -out /dev/null
reach='
import os, socket
for name in ("/tmp/.X11-unix/X%s", "\0/tmp/.X11-unix/X%s"):
    try:
        socket.socket(socket.AF_UNIX).connect(name % os.environ["N"])
        print("open")
    except OSError as e:
        print(e.strerror)'
names='echo "$DISPLAY|$WAYLAND_DISPLAY|$WAYLAND_SOCKET|$XAUTHORITY"'

# a program has none
ok env WAYLAND_DISPLAY=wayland-0 WAYLAND_SOCKET=9 "$UCRUN" --trap "$LEVEL" -u test sh -c "$names"
out_is '|||'
ok uc_run -E N="$X" python3 -c "$reach"
out_is "$([ -z "${VIEW_ROOT-}" ] && echo "Connection refused" || echo "No such file or directory")
Connection refused"
ok uc_run -E DISPLAY=:5 --display none sh -c 'echo "$DISPLAY"'
out_is :5

# host: the socket, and the cookies of this display
ok uc_run --display host sh -c "$names; xwd -silent -root | wc -c"
out_has "^:$X\|\|\|/dev/uc/xauthority"
out_has '^[0-9]{6}'
ok uc_run --display host --hostname other sh -c 'xwd -silent -root | wc -c; xauth list'
out_has '^[0-9]{6}'
out_has "$cookie"
out_lacks '001122|0123456789abcdef'
ok uc_run --display host -E N="$X" python3 -c "$reach"
out_is 'open
Connection refused'
one_error 125 'neither DISPLAY nor WAYLAND_DISPLAY' env -u DISPLAY "$UCRUN" --trap "$LEVEL" -u test --display host true
one_error 125 '--display some: must be' uc_run --display some true
ok env DISPLAY=:9999 "$UCRUN" --trap "$LEVEL" -u test sh -c "$names"
out_is '|||'

# a Wayland socket; its server need not be one for that
chmod 755 "$CASE_DIR"
python3 - "$CASE_DIR/wl" <<'PY' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
s.listen()
while True:
    c = s.accept()[0]
    c.send(b'hello')
    c.close()
PY
servers+=($!)
wait_for test -S "$CASE_DIR/wl"
for name in "$CASE_DIR/wl" wl; do
	ok env -u DISPLAY XDG_RUNTIME_DIR="$CASE_DIR" WAYLAND_DISPLAY="$name" "$UCRUN" --trap "$LEVEL" -u test --display host \
		python3 -c 'import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ["WAYLAND_DISPLAY"]); print(s.recv(9))'
	out_is "b'hello'"
done

# a program below a document's name does not get what was opened for a viewer
printf '#!/bin/sh\necho ran "$DISPLAY"\n' >letter.pdf
chmod 755 letter.pdf
one_error 126 name-mismatch uc_run ./letter.pdf
conf=$UC_HOME/test/uc.conf
printf '[trust]\nname-mismatch = transparent\n' >"$conf"
one_error 126 'its name is a document.s, and it is none' uc_run ./letter.pdf
ok uc_run --display none ./letter.pdf
out_is 'ran '
ok uc_run --display host ./letter.pdf
out_is "ran :$X"
ok uc_run --policy allow ./letter.pdf
out_is 'ran '

# the configuration forbids it
printf '[display]\nhost = deny\n' >"$conf"
one_error 125 "uc.conf does not allow it: try --display nested" uc_run --display host true
if command -v feh >/dev/null; then
	printf '\211PNG\r\n\032\n' >a.png
	ok uc_run -x a.png
	out_has 'feh .*there is no display'
fi
printf '[display]\nhost = maybe\n' >"$conf"
expect 125 uc_run --display host true
err_has "uc.conf:2: host 'maybe': must be allow or deny"
printf '[display]\nhosts = deny\n' >"$conf"
ok uc_run --display host true
err_has "uc.conf:2: \[display\] has no key 'hosts'"
