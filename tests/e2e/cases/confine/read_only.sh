#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is bound read-only cannot be changed in any way.
. "$LIB"

need_prog escape
seed
chmod 666 "$W/a"
ok unchanged uc_run -b "$W:/ro:ro" -E RO=/ro/a "$PROGS/escape" read_only
