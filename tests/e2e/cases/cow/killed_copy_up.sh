#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 during a copy-up leaves the old file or the new one, never half.
. "$LIB"

seed
head -c 60000000 /dev/urandom >"$W/big"
sum=$(sha256sum <"$W/big")
for delay in 0.05 0.1 0.15 0.2 0.25 0.3 0.4; do
	(cd "$W" && exec "$UCRUN" --trap $LEVEL -u test bash -c 'echo up; echo x >>big; echo copied') \
		>"$CASE_DIR/o" 2>&1 &
	pid=$!
	sleep $delay
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	new=$(inside sh -c 'head -c 60000000 big | sha256sum; tail -c +60000001 big')
	case $new in
	"$sum" | "$sum
x") ;;
	*) fail "after $delay s the file is neither: $new" ;;
	esac
	# native.N/work is overlayfs's own, which empties it when it is mounted
	[ -z "$(find "$UC_HOME/test/work" -mindepth 2 ! -path '*/native.[0-9]*/work' 2>/dev/null)" ] || fail "left in work: $(find "$UC_HOME/test/work")"
	wait_for "$UC" reset test 2>/dev/null
done
is "$(sha256sum <"$W/big")" "$sum"
