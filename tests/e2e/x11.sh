# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the cases with an X server share. The server is Xvfb, without a window manager.

need Xvfb xwd convert
# the directory of all sockets stays when a server ends; it is ours if nobody else had one
had_sockets=
[ -e /tmp/.X11-unix ] && had_sockets=1
servers=()

x_stop()
{
	local pid

	for pid in "${servers[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	[ -n "$had_sockets" ] || rmdir /tmp/.X11-unix 2>/dev/null
}
trap x_stop EXIT

# x_start [OPTION]... - a server of 320x240; sets X to its number
x_start()
{
	# it finds a free number itself and tells it
	mkfifo "$CASE_DIR/number"
	exec 7<>"$CASE_DIR/number"
	Xvfb -displayfd 7 -screen 0 320x240x24 -nolisten tcp -noreset "$@" >"$CASE_DIR/xlog" 2>&1 &
	servers+=($!)
	read -r -t 60 X <&7 || skip "Xvfb does not start: $(tail -n 1 "$CASE_DIR/xlog")"
	exec 7>&-
	rm "$CASE_DIR/number"
	[ -S "/tmp/.X11-unix/X$X" ] || skip "Xvfb has no socket in the file system"
}

# x_shot FILE [DISPLAY] - what is on the screen
x_shot()
{
	xwd -silent -root -display "${2-:$X}" 2>/dev/null | convert xwd:- -depth 8 "PNG24:$1" 2>/dev/null
}

# x_shows PICTURE ERROR [DISPLAY] - is it on the screen, in the upper left corner? ERROR: root mean square, 0 to 1
x_shows()
{
	local got

	x_shot "$CASE_DIR/shot.png" "${3-:$X}" || return 1
	got=$(convert "$CASE_DIR/shot.png" -crop "$(identify -format %wx%h "$1")+0+0" +repage "$1" \
		-metric RMSE -compare -format '%[distortion]' info: 2>/dev/null) || return 1
	awk -v got="$got" -v most="$2" 'BEGIN { exit !(got != "" && got <= most) }'
}
