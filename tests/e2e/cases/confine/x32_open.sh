#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another door of the kernel leads nowhere.
. "$LIB"

need_prog confine
mkdir "$CASE_DIR/secrets" "$CASE_DIR/root" "$CASE_DIR/root/proc" "$CASE_DIR/root/dev"
echo SECRET >"$CASE_DIR/secrets/secret"
chmod 777 "$CASE_DIR/secrets"
cp "$PROGS/confine" "$CASE_DIR/root/confine"
ok uc_run -r "$CASE_DIR/root" -C / -E SECRET="$CASE_DIR/secrets/secret" /confine x32_open
out_is refused
is "$(ls "$CASE_DIR/secrets")" secret
# and over the host's view, where the name exists: the host is not changed
ok uc_run -E SECRET="$CASE_DIR/nosecret" "$PROGS/confine" x32_open
is "$(ls "$CASE_DIR/secrets")" secret
