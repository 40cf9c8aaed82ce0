#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

need dpkg
is "$(uc_run dpkg-query -W -f '${Package} ${Version}\n' | sha256sum)" "$(dpkg-query -W -f '${Package} ${Version}\n' | sha256sum)"
is "$(uc_run dpkg -S /bin/bash /usr/bin/env 2>&1 | sort)" "$(dpkg -S /bin/bash /usr/bin/env 2>&1 | sort)"
is "$(uc_run dpkg -L bash | sha256sum)" "$(dpkg -L bash | sha256sum)"
ok uc_run bash -c 'dpkg --verify bash; apt-cache show bash >/dev/null 2>&1; update-alternatives --display pager >/dev/null 2>&1; ldconfig && echo fine'
out_has fine
