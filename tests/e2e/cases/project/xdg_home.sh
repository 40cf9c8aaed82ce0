#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without UC_HOME: below XDG_DATA_HOME, or ~/.local/share.
. "$LIB"

[ "$(id -u)" -ne 0 ] || skip "for root it is /var/lib/uc"
unset UC_HOME
XDG_DATA_HOME=$CASE_DIR/xdg ok "$UCRUN" --trap $LEVEL -u test true
[ -d "$CASE_DIR/xdg/uc/test" ] || fail "$(ls -R "$CASE_DIR/xdg" 2>&1 | head)"
ok "$UCRUN" --trap $LEVEL -u test true
[ -d "$HOME/.local/share/uc/test" ] || fail "$(find "$HOME" | head)"
