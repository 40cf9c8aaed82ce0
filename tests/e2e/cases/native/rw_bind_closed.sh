#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A rw bind gives inside root nothing of the host root's.
. "$LIB"

need_level native "the path level has its own: confine/rw_bind_symlink"
need_root
mkdir "$CASE_DIR/b" "$CASE_DIR/b/open"
echo secret >"$CASE_DIR/b/secret"
chmod 600 "$CASE_DIR/b/secret"
chmod 777 "$CASE_DIR/b/open"
ok uc_run -b "$CASE_DIR/b:/b" sh -c 'cat /b/secret 2>/dev/null || echo closed; echo x 2>/dev/null >/b/new || echo refused; chown 0 /b/secret 2>/dev/null || echo not-mine; chmod 777 /b 2>/dev/null || echo nor-that; echo made >/b/open/f; cat /b/open/f; stat -c %u /b/open/f; cp /bin/sh /b/open/sh; chmod 4755 /b/open/sh; id -u'
out_is 'closed
refused
not-mine
nor-that
made
0
0'
[ "$(stat -c %u "$CASE_DIR/b/open/f")" -ge 1000000 ] || fail "somebody's file"
[ "$(stat -c %u "$CASE_DIR/b/open/sh")" -ge 1000000 ] || fail "a set-id file of somebody's"
# no device of the host's through a mount whose files are inside root's
mkdir "$CASE_DIR/n"
mknod "$CASE_DIR/n/mem" c 1 1 || exit 0
chmod 600 "$CASE_DIR/n/mem"
ok uc_run -b "$CASE_DIR/n:/n:ro" -b "$CASE_DIR/n:/c:cow" sh -c 'for d in n c; do head -c 1 /$d/mem >/dev/null 2>&1 || echo closed; done; head -c 1 "'"$CASE_DIR"'/n/mem" >/dev/null 2>&1 || echo closed'
out_is 'closed
closed
closed'
