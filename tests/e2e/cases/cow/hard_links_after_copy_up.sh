#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names of one file stay one file inside.
. "$LIB"

need_level path "overlayfs in a user namespace has no index: a copy-up breaks a hard link"

own_seed()
{
	ln a hard
}
same_sh 'echo changed >a; cat hard; [ a -ef hard ] && echo same; stat -c %h a'
same_sh 'echo x >n1; ln n1 n2; ln n2 d/n3; rm n1; echo y >>d/n3; cat n2; stat -c %h n2'
