#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A script whose interpreter is a script; a document as a script's interpreter is none.
. "$LIB"

cd "$W" || exit 1
printf '#!/bin/sh\necho "inner: $*"\n' >inner
printf '#!%s/inner arg\n' "$W" >outer
chmod 755 inner outer
same_out()
{
	"$@" >"$CASE_DIR/want" 2>&1
	ok uc_run "$@"
	same_file "$CASE_DIR/want" "$CASE_DIR/out"
}
same_out ./outer x y
# text without #! is a shell's own business, and execve says ENOEXEC to others
echo 'echo from a shell' >plain
chmod 755 plain
same_out bash -c ./plain
ok uc_run python3 -c 'import errno, os
try:
    os.execv("./plain", ["plain"])
except OSError as e:
    assert e.errno == errno.ENOEXEC, e'
one_error 126 'not a program' uc_run ./plain
