#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# At native level there is no --display host or nested: it says so, and variables of a display are gone.
. "$LIB"
need_level native "the other cases of eel/display* are for the path level"

one_error 125 '--display is not possible there yet: leave --trap out' uc_run --display host true
one_error 125 '--display is not possible there yet: leave --trap out' uc_run --display nested true
uc_run true 2>/dev/null || skip "no native level here"
ok env DISPLAY=:0 WAYLAND_DISPLAY=w XAUTHORITY=/x "$UCRUN" --trap native -u test --display none \
	sh -c 'echo "$DISPLAY$WAYLAND_DISPLAY$XAUTHORITY"'
out_is ''
