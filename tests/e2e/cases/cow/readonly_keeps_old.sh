#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A read-only descriptor keeps the old content after copy-up, as overlayfs documents.
. "$LIB"

need_level path "overlayfs shows a read-only descriptor the new file"

need_prog cow
seed
ok unchanged inside "$PROGS/cow" readonly_keeps_old
out_has 'old descriptor: "one\|"'
out_has 'new descriptor: "new content\|"'
