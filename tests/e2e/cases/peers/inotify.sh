#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: inotify fails in virtual views.
. "$LIB"

need_prog objects
same_copied_up "$PROGS/objects" inotify_events
