#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A picture in a real X server: what is on the screen is the picture.
. "$LIB"

need_level path "libxcb gives up when Landlock refuses the abstract socket of the display"
need Xvfb feh xwd convert
cd "$W" || exit 1
convert -size 64x64 xc:'#ff8000' pic.png || skip "convert makes no PNG"
# Xvfb finds a free number itself and tells it
mkfifo "$CASE_DIR/num"
exec 7<>"$CASE_DIR/num"
# the directory of all sockets stays when the server ends; it is ours if nobody else had one
had=
[ -e /tmp/.X11-unix ] && had=1
Xvfb -displayfd 7 -screen 0 320x240x24 -nolisten tcp >"$CASE_DIR/xlog" 2>&1 &
x=$!
trap 'kill $x 2>/dev/null; wait $x 2>/dev/null; [ -n "$had" ] || rmdir /tmp/.X11-unix 2>/dev/null' EXIT
read -r -t 20 number <&7 || skip "Xvfb does not start: $(tail -n 1 "$CASE_DIR/xlog")"
[ -S "/tmp/.X11-unix/X$number" ] || skip "Xvfb has no socket in the file system"
# without the socket in the view there is no display, and the reason is told
ok uc_run -E DISPLAY=":$number" --explain pic.png
out_has 'feh .*there is no display'
uc_run -b /tmp/.X11-unix:/tmp/.X11-unix:rw -E DISPLAY=":$number" pic.png >"$CASE_DIR/feh" 2>&1 &
v=$!
for _ in $(seq 100); do
	sleep 0.1
	colours=$(xwd -silent -root -display ":$number" 2>/dev/null | convert xwd:- -depth 8 -format '%c' histogram:info:- 2>/dev/null)
	grep -qi 'ff8000' <<<"$colours" && break
	kill -0 $v 2>/dev/null || fail "the viewer ended: $(cat "$CASE_DIR/feh")"
done
kill $v
wait $v
grep -qi 'ff8000' <<<"$colours" || fail "the picture is not on the screen: $colours"
