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
for value in -1 abc 1e9 99999999999999999999; do
	one_error 125 '(not a number|must be 16 )' "$UCRUN" -u test --nofile "$value" true
done
ok uc_run true

# the same in a file, by uc set, and in the record of an environment
conf=$UC_HOME/test/uc.conf
everywhere()
{
	local key=$1 value=$2 what=$3

	printf '[budget]\n%s = %s\n' "$key" "$value" >"$conf"
	one_error 125 "^ucrun: .*/test/uc.conf:2: $key = $value: ($what)" "$UCRUN" -u test true
	rm "$conf"
	uc_fails "$UC" set test "$key=$value"
	[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "not one line: $(cat "$CASE_DIR/err")"
	err_has "^uc: $key=$value: ($what)"
	[ ! -e "$conf" ] || fail "written: $(cat "$conf")"
}
for value in 0 -1 abc 1e9 1000000000 99999999999999999999; do
	for key in cpus cpu-weight pids io-weight; do
		everywhere $key $value 'not a number|must be .* to .*'
	done
done
for value in -1 abc 1e9 99999999999999999999; do
	everywhere nofile $value 'not a number|must be .* to .*'
	everywhere memory $value 'not a size|must be .* to .*'
	everywhere swap $value 'not a size|must be .* to .*'
done
everywhere memory 0 'must be 16M to'
everywhere nofile 0 'must be 16 to'
mkdir -p "$HOME/.config/uc/eel.d"
for words in cpus=0 memory=-1 pids=abc swap=1e9 nofile=99999999999999999999 memory foo=1; do
	printf '[bad]\nGlobs = *.bad\nProgram = true\nBudget = pids=5 %s\n' "$words" >"$HOME/.config/uc/eel.d/b.ee"
	"$UC" envs >"$CASE_DIR/out" 2>"$CASE_DIR/err"
	err_has "b.ee:4: Budget: ${words}: (not|must be|no such)|b.ee:4: Budget: ${words%=*}: no such limit"
done
uc_fails "$UC" set test pids=0
uc_fails "$UC" set test pids
uc_fails "$UC" set test nothing=1
uc_fails "$UC" set none pids=5
[ ! -e "$UC_HOME/none" ] || fail "made"
