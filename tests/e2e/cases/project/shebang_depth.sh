#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# As deep as the kernel goes, and no deeper.
. "$LIB"

cd "$W" || exit 1
printf '#!/bin/echo\n' >i0
for n in 1 2 3 4 5 6 7 8; do
	printf '#!%s/i%d\n' "$W" $((n - 1)) >i$n
done
chmod 755 i?
for n in 0 1 2 3 4 5 6 7 8; do
	bash -c "./i$n a" >"$CASE_DIR/o1" 2>/dev/null
	a=$?
	uc_run bash -c "./i$n a" >"$CASE_DIR/o2" 2>/dev/null
	is $? $a "i$n"
	same_file "$CASE_DIR/o1" "$CASE_DIR/o2"
done
