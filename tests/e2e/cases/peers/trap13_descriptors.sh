#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# O_PATH, AT_EMPTY_PATH, reopening, a deleted cwd, descriptors from before.
. "$LIB"

need_prog names objects
same_copied_up "$PROGS/names" o_path
same_copied_up "$PROGS/names" empty_path
same_copied_up "$PROGS/objects" magic_links
[ "$LEVEL" = native ] || same_copied_up "$PROGS/objects" getcwd_forms
bash "$(dirname "$LIB")/cases/confine/inherited.sh" || fail inherited
