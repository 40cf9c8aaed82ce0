#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The layers of this compartment and of its neighbours are in no view, by no name.
. "$LIB"

ok uc_as other sh -c 'echo theirs >/made'
ok uc_run sh -c 'echo mine >/made'
S=$UC_HOME
for bind in "" "$(dirname "$S")"; do
	expect 2 uc_run ${bind:+-b "$bind"} ls "$S/test/upper/made" "$S/other/upper/made"
	out_is ''
	ok uc_run ${bind:+-b "$bind"} sh -c "mkdir -p '$S/other/upper' && echo planted >'$S/other/upper/planted'"
done
ok uc_as other sh -c 'cat /made; ls /planted 2>/dev/null || true'
out_is theirs
[ ! -e "$S/other/upper/planted" ] || fail "it was written to the neighbour"
one_error 125 'see uc export' uc_run -b "$S/other:/up" true
one_error 125 'see uc export' uc_run -b "$S/test/upper:/up:ro" true
one_error 125 'see uc export' uc_run -r "$S/test/upper" true
