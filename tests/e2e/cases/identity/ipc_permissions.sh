#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whose a segment, set or queue is, and what its mode allows, goes by the ids of the view.
. "$LIB"

need_prog ipc_others
if [ "$(id -u)" -eq 0 ]; then
	same "$PROGS/ipc_others" ipc_permissions
else
	ok uc_run "$PROGS/ipc_others" ipc_permissions
	diff "$SOURCES/../expected/identity.ipc_permissions" "$CASE_DIR/out" || fail "not as a root program expects"
fi
