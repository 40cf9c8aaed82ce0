#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# FILE is found as a shell finds it.
. "$LIB"

cd "$W" || exit 1
cp /bin/echo mine
is "$(uc_run ./mine x)" x
is "$(uc_run "$W/mine" y)" y
is "$(PATH=$W:$PATH uc_run mine z)" z
is "$(uc_run -- echo -n w)" w
is "$(uc_run echo --help-not-ours)" --help-not-ours
is "$(uc_run echo -u alice)" '-u alice'
