#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VUOS: /proc/self/exe names a placeholder.
. "$LIB"

also proc/exe_and_cwd_in_view
