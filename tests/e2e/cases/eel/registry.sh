#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The compartment's own records come first; a chain of three; mistakes are told with file and line.
. "$LIB"

cd "$W" || exit 1
d=.config/uc/eel.d
printf 'ONEprogram of the first kind\n\1' >prog1
printf 'TWOprogram of the second kind\n\1' >prog2
printf '#!/bin/sh\nfor a; do echo "[$a]"; done\n' >native
chmod 755 prog1 prog2 native
record='mkdir -p "$HOME/'$d'"; cat >"$HOME/'$d'/x.ee"'
printf '[three]\nProgram = %s/native\nMagic = 0 54574f\nArgs = three %%f %%a\n[two]\nProgram = %s/prog2\nMagic = 0 4f4e45\nArgs = two %%f %%a\n' \
	"$W" "$W" | uc_run -E HOME="$W" sh -c "$record" || fail "the record cannot be written"
ok uc_run -E HOME="$W" ./prog1 'an argument'
out_is "[three]
[$W/prog2]
[two]
[./prog1]
[an argument]"
ok uc_run -E HOME="$W" --explain ./prog1
out_has 'chain: +two by .*prog2, foreign'
out_has 'three by .*native, native: script for /bin/sh'
ok uc_run -E HOME="$W" --explain --json ./prog1
python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); assert [l["environment"] for l in d["chain"]] == ["two", "three"], d' "$CASE_DIR/out" ||
	fail "JSON: $(cat "$CASE_DIR/out")"
# a cycle
printf '[two]\nProgram = %s/prog2\nMagic = 0 4f4e45\n[again]\nProgram = %s/prog1\nMagic = 0 54574f\n' "$W" "$W" |
	uc_run -E HOME="$W" sh -c "$record"
one_error 126 'a cycle of environments' uc_run -E HOME="$W" ./prog1
# mistakes
printf '[a]\nTypes = image/png\nColour = red\n' | uc_run -E HOME="$W" sh -c "$record"
expect 126 uc_run -E HOME="$W" ./prog1
err_has 'x.ee:3: unknown key Colour'
err_has 'x.ee:1: \[a\] has no Program'
# files that cannot be read, and environments that need each other
uc_run -E HOME="$W" sh -c 'cd "$HOME/'$d'" && ln -s gone y.ee && ln -s z.ee z.ee && rm x.ee &&
	printf "[p]\nTypes = a/b\nProgram = p\nNeeds = environment:q\n[q]\nTypes = a/b\nProgram = q\nNeeds = environment:p\n" >w.ee' ||
	fail "the records cannot be written"
ok uc_run -E HOME="$W" /dev/uc/open --list
err_has 'y.ee: No such file or directory'
err_has 'z.ee: Too many levels of symbolic links'
err_has 'w.ee:1: \[p\] needs itself, by way of q'
uc_run -E HOME="$W" sh -c 'rm "$HOME/'$d'/"*.ee'
# explicit choice
printf 'text\n' >note.txt
ok uc_run --ee cat note.txt
out_is text
one_error 125 'there is no environment nobody' uc_run --ee nobody note.txt
[ ! -e "$W/.config" ] || fail "the host has the record"
