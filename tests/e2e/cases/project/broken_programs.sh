#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that have an x bit and cannot run.
. "$LIB"

cd "$W" || exit 1
printf '\177ELF' >short
printf '\177ELF\2\1\1\0%056d' 0 >zeros
head -c 3000 /bin/true >cut
head -c 64 /bin/true >header
printf '#!./loop\n' >loop
printf '#!/missing/interpreter\n' >nointerp
printf '#!' >shebang
: >empty
printf 'plain text\n' >text
{ printf '#!'; printf 'x%.0s' {1..5000}; } >longline
# another machine's: e_machine of a s390
cp /bin/true alien
printf '\026\000' | dd of=alien bs=1 seek=18 conv=notrunc 2>/dev/null
chmod 755 ./*
for f in short zeros loop shebang empty text longline alien nointerp; do
	"$UCRUN" --trap $LEVEL -u test "./$f" >"$CASE_DIR/out" 2>"$CASE_DIR/err" </dev/null
	status=$?
	[ $status -eq 126 ] || [ $status -eq 127 ] || fail "$f: status $status: $(cat "$CASE_DIR/err")"
	[ "$(wc -l <"$CASE_DIR/err")" -eq 1 ] || fail "$f: not one line: $(cat "$CASE_DIR/err")"
	err_has '^ucrun: .+: .+'
done
for f in cut header; do
	"$UCRUN" --trap $LEVEL -u test "./$f" >/dev/null 2>"$CASE_DIR/err" </dev/null
	status=$?
	[ $status -ge 125 ] || fail "$f: status $status"
done
