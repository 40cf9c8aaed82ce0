#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Pictures in a real X server: what is on the screen is the picture, byte for byte or as JPEG allows.
. "$LIB"

. "$(dirname "$LIB")/x11.sh"

need feh
cd "$W" || exit 1
convert -size 96x80 gradient:red-blue -fill '#00c040' -draw 'rectangle 10,10 40,30' -fill white \
	-draw 'circle 70,50 80,60' -depth 8 PNG24:pic.png && convert pic.png -quality 95 pic.jpg ||
	skip "convert makes no pictures"
chmod 644 pic.png pic.jpg
x_start
# show PICTURE ERROR OPTION... - started by ucrun itself, which a signal ends with all it runs
show()
{
	local picture=$1 error=$2 v

	shift 2
	x_shows "$picture" "$error" && fail "$picture is there before"
	"$UCRUN" --trap "$LEVEL" -u test "$@" >"$CASE_DIR/feh" 2>&1 &
	v=$!
	until x_shows "$picture" "$error"; do
		kill -0 $v 2>/dev/null || fail "the viewer ended: $(cat "$CASE_DIR/feh")"
		sleep 0.1
	done
	kill $v
	wait $v
	while x_shows "$picture" "$error"; do
		sleep 0.05
	done
}
# a document in a desktop session: the display comes by itself
DISPLAY=:$X show pic.png 0 pic.png
DISPLAY=:$X show pic.jpg 0.03 ./pic.jpg
# and from within a session that was given it
DISPLAY=:$X show pic.png 0 --display host sh -c 'open pic.png'
# without the socket in the view there is no display, and the reason is told
DISPLAY=:$X ok uc_run --display none -E DISPLAY=":$X" -x pic.png
out_has 'feh .*there is no display'
# by hand, as any socket
show pic.png 0 -b "/tmp/.X11-unix/X$X" --display none -E DISPLAY=":$X" pic.png
