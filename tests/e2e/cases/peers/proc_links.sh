#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: /proc/self/fd/N and /proc/self/exe name placeholders.
. "$LIB"

need_prog objects
same_copied_up "$PROGS/objects" magic_links
same_copied_up "$PROGS/objects" deleted_fd_link
