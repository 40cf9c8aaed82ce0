#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# OUTER/INNER in the commands of uc: export and stop know it, the others say that they do not.
. "$LIB"

seed
cd "$W" || exit 1
ok uc_run "$UCRUN" -u inner sh -c "cd '$W' && echo inner >a && rm b && chown 5:6 empty"
ok "$UC" export -o "$CASE_DIR/x.tar" test/inner
ok tar tvf "$CASE_DIR/x.tar"
out_has ' 0/0 .* .*work/a$'
out_has '/\.wh\.b$'
out_has ' 5/6 .* .*work/empty/$'
for command in 'diff test/inner' 'reset test/inner' 'rm test/inner' 'info test/inner' 'ps test/inner' 'set test/inner cpus=1' \
	'export test/none' 'stop test/inner/none' 'stop test/../test'; do
	# shellcheck disable=SC2086
	uc_fails "$UC" $command
	is "$(wc -l <"$CASE_DIR/err")" 1 "lines of $command"
	err_has 'test/'
done
ok uc_run "$UCRUN" -u inner cat "$W/a"
out_is inner

# stop: at native level it ends by itself; at path level one supervisor serves both
uc_run sh -c '"$1" -u inner sh -c "echo up; exec sleep 1000"; echo outer' x "$UCRUN" >"$CASE_DIR/said" 2>&1 &
pid=$!
wait_for grep -q up "$CASE_DIR/said"
if [ "$LEVEL" = native ]; then
	ok "$UC" stop test/inner
	err_empty
	wait $pid
	grep -q outer "$CASE_DIR/said" || fail "the outer session ended too: $(cat "$CASE_DIR/said")"
	exit 0
fi
uc_fails "$UC" stop test/inner
err_has 'uc stop test ends both'
kill -0 $pid || fail "it ended"
ok "$UC" stop test
wait $pid
exit 0
