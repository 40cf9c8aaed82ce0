#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

for prog in "$UCRUN" "$UC"; do
	ok "$prog" --help
	out_has '^[Uu]sage:'
	err_empty
done
ok "$UCRUN" --help
for option in --user --ephemeral --root --bind --chdir --env --hostname --trap --trace --quiet \
	--help --version; do
	out_has "$option"
done
ok "$UC" --help
for cmd in list info check diff export reset rm ps; do
	out_has "\\b$cmd\\b"
done
[ "$(wc -L <"$CASE_DIR/out")" -le 100 ] || fail "lines too long"
