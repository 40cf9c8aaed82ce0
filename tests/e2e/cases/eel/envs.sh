#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uc envs: every environment; --explain: every candidate, its reason, and the decision.
. "$LIB"

ok "$UC" envs
out_has '^feh +built-in +document .*image/jpeg'
out_has '^qemu-aarch64-static +built-in +code .*application/x-elf-aarch64'
ok "$UC" envs --json
python3 - "$CASE_DIR/out" <<'PY' || fail "JSON of uc envs"
import json, sys
d = json.load(open(sys.argv[1]))
by = {e['id']: e for e in d['environments']}
assert by['mono']['package'] == 'mono-runtime' and by['mono']['class'] == 'code', by['mono']
assert by['cat']['path'].endswith('/cat'), by['cat']
PY
mkdir -p "$HOME/.config/uc/eel.d"
printf '[mine]\nProgram = nothere\nTypes = image/*\nNeeds = package:mine environment:other\n' >"$HOME/.config/uc/eel.d/a.ee"
ok "$UC" envs
out_has '^mine +compartment +code +nothere .not installed: package mine.: image/'
err_has "a.ee:1: .mine. needs environment other, and there is none"
cd "$W" || exit 1
printf '\211PNG\r\n\032\n' >photo.png
ok uc_run -E HOME="$HOME" --explain photo.png
out_has '^content: +image/png .strong magic.'
out_has '- mine .compartment, .*a.ee:1.: nothere is not installed'
out_has '^trust: +transparent'
printf 'MZ\0\0%060d' 0 >bad.png
ok uc_run --explain bad.png
out_has '^trust: +deny: the name is a document.s, the content is executable'
ok uc_run --explain --json bad.png
python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); assert d["trust"]["rule"] == "name-mismatch" and d["type"] == "application/x-dosexec" and d["name"] == "image/png", d' "$CASE_DIR/out" ||
	fail "JSON of --explain"
one_error 125 'goes with --explain' uc_run --json photo.png
