#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

seed
cd "$W" || exit 1
is "$(uc_run pwd)" "$W"
is "$(uc_run -C "$W/d" pwd)" "$W/d"
is "$(uc_run -C / /bin/pwd)" /
need_host_root "with -r a relative -C is below /"
is "$(uc_run -C d/e sh -c 'cat f/deep')" deep
