#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

seed
(cd "$W/d" && seq 3000 | xargs touch)
same_like='cd d; ls | wc -l; seq 1 2 3000 | xargs rm; ls | wc -l; seq 4000 5000 | xargs touch; ls | wc -l; find . | wc -l'
ok unchanged inside bash -c "$same_like"
out_is '3003
1503
2504
2507'
ok inside bash -c 'rm -rf d; ls; mkdir d; ls d | wc -l'
out_has '^0$'
