#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many sessions at once, some of them killed at any moment: the others go on, and nothing is lost.
. "$LIB"

need_level native "the path level has cow/two_sessions_storm"
need busybox
R=$CASE_DIR/r
mkdir -p "$R/bin" "$R/etc"
cp "$(command -v busybox)" "$R/bin/"
ln -s busybox "$R/bin/sh"
for who in 1 2 3; do
	for k in $(seq 12); do
		"$UCRUN" --trap native -u test -r "$R" -C / /bin/sh -c "echo $who-$k >>/log; busybox usleep $((RANDOM * 3))" 2>>"$CASE_DIR/said" &
		pid=$!
		if [ $((RANDOM % 3)) -eq 0 ]; then
			sleep 0.0$((RANDOM % 5))
			kill -KILL $pid 2>/dev/null
		fi
		wait $pid 2>/dev/null
	done &
done
wait
grep -q '^ucrun: ' "$CASE_DIR/said" && fail "$(head -n 5 "$CASE_DIR/said")"
ok "$UCRUN" --trap native -u test -r "$R" -C / /bin/sh -c 'busybox sort /log | busybox uniq -d; busybox wc -l </log'
[ "$(cat "$CASE_DIR/out")" -ge 12 ] || fail "only $(cat "$CASE_DIR/out") lines"
