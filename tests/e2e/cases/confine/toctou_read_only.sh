#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need_prog escape
seed
chmod 666 "$W/a"
ok unchanged uc_run -b "$W:/ro:ro" -E RO=/ro/a "$PROGS/escape" toctou_read_only
is "$(cat "$W/a")" one
