#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file as target, DST left out, entries in entries, a source that is a symlink.
. "$LIB"

seed
mkdir -p "$CASE_DIR/rw/inner"
chmod 777 "$CASE_DIR/rw" "$CASE_DIR/rw/inner"
echo file >"$CASE_DIR/file"
is "$(uc_run -b "$CASE_DIR/file:/etc/hostname:ro" cat /etc/hostname)" file
is "$(uc_run -b "$CASE_DIR/file:/some/new/name:ro" cat /some/new/name)" file
is "$(uc_run -b "$CASE_DIR/file:/some/new/name:ro" ls /some/new)" name
ok uc_run -b "$W" cat "$W/a"
out_is one
ok uc_run -b "$W:/m:ro" -b "$CASE_DIR/rw:/m/d/e:rw" sh -c \
	'echo y >/m/d/e/inner/made; ls /m/d/e; cat /m/d/text; ls /m/d; cd /m/d/e; pwd; cd ..; pwd; cat ../a'
out_is 'inner
some longer text
of two lines
e
text
x
/m/d/e
/m/d
one'
is "$(cat "$CASE_DIR/rw/inner/made")" y
ln -s "$W" "$CASE_DIR/sym"
is "$(uc_run -b "$CASE_DIR/sym:/m:ro" cat /m/a)" one
