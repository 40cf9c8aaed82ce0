#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is no ordinary file, or an odd one: one clear line, and valid JSON of --explain.
. "$LIB"

cd "$W" || exit 1
one_png='\211PNG\r\n\032\n'
: >empty
: >empty.png
mkdir dir.png
mkfifo fifo.jpg
truncate -s 4G sparse.img
truncate -s 4G sparse.png
ln -s loop.png loop.png
ln -s gone dangling.png
newline=$'new\nline.png'
for f in "$newline" -rf.png 'a b%f.png' closed.png; do
	# shellcheck disable=SC2059
	printf "$one_png" >"./$f"
done

json()
{
	"$UCRUN" --trap "$LEVEL" -u test -E DISPLAY -x --json -- "$2" >"$CASE_DIR/json" 2>"$CASE_DIR/err" </dev/null
	is $? "$1" "status of --explain $2"
	python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); assert d["file"].endswith(sys.argv[2].split("/")[-1]) and (not d["problem"] or sys.argv[3] in d["problem"]), d' \
		"$CASE_DIR/json" "$2" "$3" || fail "JSON of $2: $(cat "$CASE_DIR/json")"
}

one_error 126 'chmod \+x' uc_run ./empty
json 0 ./empty 'no environment is known'
json 0 empty.png ''
one_error 126 'dir.png: is a directory' uc_run ./dir.png
json 126 ./dir.png 'is a directory'
one_error 126 'fifo.jpg: is a FIFO' uc_run ./fifo.jpg
json 126 fifo.jpg 'is a FIFO'
one_error 126 'is a FIFO, a socket or a device' uc_run /dev/null
json 126 /dev/null 'is a FIFO'
one_error 126 'qemu-(disk|system).*' uc_run -E PATH=/usr/bin -E DISPLAY ./sparse.img
json 0 ./sparse.img qemu
json 0 sparse.png ''
one_error 126 'too many levels' uc_run ./loop.png
json 126 ./loop.png 'Too many levels'
one_error 127 'not found' uc_run ./dangling.png
json 127 ./dangling.png 'not found'
json 0 "$newline" ''
json 0 ./-rf.png ''
json 0 'a b%f.png' ''
if [ "$(id -u)" -eq 0 ] && [ "$LEVEL" = path ]; then
	# tasks of a session that root started are not the host's root; at native level they read as it does
	chmod 000 closed.png
	one_error 126 'may not be read by the compartment.s user' uc_run ./closed.png
	json 126 ./closed.png 'Permission denied'
fi
# a viewer gets the very name, whatever is in it
if command -v chafa >/dev/null && command -v convert >/dev/null && convert -size 8x8 xc:red PNG:pic; then
	for f in "$newline" ./-rf.png 'a b%f.png'; do
		cp pic "./$f"
		ok uc_run -E DISPLAY -- "$f"
		err_empty
	done
fi
# a chain as deep as there may be, and one link more
record='mkdir -p "$HOME/.config/uc/eel.d"; cat >"$HOME/.config/uc/eel.d/x.ee"'
printf '#!/bin/sh\necho "$#"\n' >k8
chmod 755 k8
for i in 0 1 2 3 4 5 6 7; do
	printf "KIND%d\\001" $i >k$i
	chmod 755 k$i
	printf '[e%d]\nProgram = %s/k%d\nMagic = 0 4b494e44%x\n' $i "$W" $((i + 1)) $((0x30 + i))
done | uc_run -E HOME="$W" sh -c "$record"
ok uc_run -E HOME="$W" ./k0
out_is 8
printf 'KIND8\1' >k8
printf '#!/bin/sh\n' >k9
chmod 755 k9
printf '[e8]\nProgram = %s/k9\nMagic = 0 4b494e4438\n' "$W" |
	uc_run -E HOME="$W" sh -c 'cat >>"$HOME/.config/uc/eel.d/x.ee"'
one_error 126 'more than 8 environments in a row' uc_run -E HOME="$W" ./k0
