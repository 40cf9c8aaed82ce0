#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# eel costs a native program nothing: with it and without it the same calls are trapped.
. "$LIB"
need_level path "the trace is of trapped calls"

mkdir -p "$CASE_DIR/alone"
cp -L "$UCRUN" "$CASE_DIR/alone/ucrun" && chmod 755 "$CASE_DIR" "$CASE_DIR/alone"
cd "$W" || exit 1
printf '#!/bin/sh\n/bin/true\n' >script
chmod 755 script
for f in /bin/true ./script; do
	for u in "$UCRUN" "$CASE_DIR/alone/ucrun"; do
		ok "$u" --trap path -u test -t -o "$CASE_DIR/trace" -E PATH=/bin "$f"
		# without pids, addresses and descriptors
		sed -E 's/^[0-9]+ ([a-z_0-9]+)\([^)]*\)/\1/' "$CASE_DIR/trace" >"$CASE_DIR/trace.$(basename "$(dirname "$u")")"
	done
	grep -q execve "$CASE_DIR/trace.alone" || fail "there is no trace"
	diff "$CASE_DIR/trace.alone" "$CASE_DIR/trace.$(basename "$(dirname "$UCRUN")")" || fail "$f: other calls than without eel"
done
