#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shell features that lean on the system.
. "$LIB"

same_sh '
set -o pipefail
cat <<H | tr a-z A-Z
here document
H
diff <(sort a) <(sort b); echo $?
for f in *; do echo "$f"; done
shopt -s globstar dotglob; echo **/*
exec 5<>x; echo five >&5; exec 5>&-; cat x
read -r l <a; echo "$l"; mapfile -t m <d/text; echo "${#m[@]}"
(cd d/e && pwd | sed s,.*/,,; exit 3); echo $?
coproc { cat; }; echo co >&"${COPROC[1]}"; read -r r <&"${COPROC[0]}"; echo "$r"
trap "echo trapped" USR1; kill -USR1 $$; echo after
[ -d d ] && [ -L link ] && [ -p fifo ] && [ ! -e dangling ] && [ a -ef hard ] && echo tests
command -v ls; command -v nothing; nothing-at-all 2>/dev/null; echo $?
ulimit -n 100; ulimit -n; umask 077; : >priv; stat -c %a priv; set -C; : >a; echo $?
'
