#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Root inside, whoever started it.
. "$LIB"

is "$(uc_run id -u)" 0
is "$(uc_run id -g)" 0
is "$(uc_run id -un)" root
is "$(uc_run sh -c 'echo ~')" "$(uc_run sh -c 'echo $HOME')"
is "$(uc_run whoami)" root
is "$(uc_run sh -c 'grep ^Uid: /proc/self/status')" "$(printf 'Uid:\t0\t0\t0\t0')"
is "$(uc_run sh -c 'grep ^Gid: /proc/self/status')" "$(printf 'Gid:\t0\t0\t0\t0')"
# the link is the host root's, who is nobody in a user namespace
is "$(uc_run stat -L -c %u /proc/self)" 0
[ "$LEVEL" = native ] || is "$(uc_run stat -c %u /proc/self)" 0
