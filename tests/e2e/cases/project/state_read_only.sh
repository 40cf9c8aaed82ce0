#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A state directory that cannot be written: one line, 125, nothing changed.
. "$LIB"

if [ "$(id -u)" -eq 0 ]; then
	unshare -m true 2>/dev/null || skip "no mount namespace"
	mkdir "$UC_HOME"
	expect 125 unshare -m bash -c 'mount -t tmpfs -o ro none "$UC_HOME" && exec "$@"' x \
		"$UCRUN" --trap $LEVEL -u test true
else
	mkdir -m 555 "$UC_HOME"
	expect 125 "$UCRUN" --trap $LEVEL -u test true
	chmod 755 "$UC_HOME"
fi
[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "not one line: $(cat "$CASE_DIR/err")"
err_has '^ucrun: .+: .+'
[ -z "$(ls -A "$UC_HOME")" ] || fail "something was made"
