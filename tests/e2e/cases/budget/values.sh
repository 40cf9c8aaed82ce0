#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every wrong limit is one clear line.
. "$LIB"

for value in 0 -1 abc '' 1e9 1000000000 99999999999999999999 0x10 1,5 inf nan ' 1' 1x; do
	for option in cpus cpu-weight pids io-weight; do
		one_error 125 "^ucrun: --$option $value: (not a number|must be .* to .*)" \
			"$UCRUN" -u test "--$option" "$value" true
	done
done
for value in -1 abc '' 1e9 99999999999999999999 1X 1KK 2048T; do
	for option in memory swap; do
		one_error 125 "^ucrun: --$option $value: (not a size|must be .* to .*)" \
			"$UCRUN" -u test "--$option" "$value" true
	done
done
one_error 125 'must be 16M' "$UCRUN" -u test --memory 0 true
one_error 125 'must be 16M' "$UCRUN" -u test --memory 1000000 true
one_error 125 'must be 16 ' "$UCRUN" -u test --nofile 0 true
one_error 125 'needs a value' "$UCRUN" -u test --cpus
ok uc_run true
uc_fails "$UC" set test pids=0
uc_fails "$UC" set test pids
uc_fails "$UC" set test nothing=1
uc_fails "$UC" set none pids=5
[ ! -e "$UC_HOME/none" ] || fail "made"
