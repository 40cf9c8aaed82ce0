#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Errors as outside; a handle, once given, cannot be opened.
. "$LIB"

need_prog names
same "$PROGS/names" name_to_handle
