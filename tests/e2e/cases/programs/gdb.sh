#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A debugger inside: break, backtrace, step over a trapped call, attach.
. "$LIB"

need gdb gcc
cat >"$W/p.c" <<'C'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int inner(int x)
{
	int fd = open("p.c", O_RDONLY);

	close(fd);
	return x + (fd >= 0);
}
int main(void)
{
	int r = inner(41);

	printf("%d\n", r);
	return 0;
}
C
gcc -g -o "$W/p" "$W/p.c" || fail "gcc"
cd "$W" || exit 1
ok uc_run gdb -nx -batch -ex 'break inner' -ex run -ex bt -ex next -ex next -ex 'print fd >= 0' -ex 'call (int)open("missing", 0)' -ex continue ./p
out_has 'Breakpoint 1, inner \(x=41\)'
out_has '#1 .* in main'
out_has '= 1$'
out_has '^42$'
out_has 'exited normally'
ok uc_run bash -c 'sleep 100 & gdb -nx -batch -p $! -ex "info registers rip" -ex detach; kill $!'
out_has '^rip'
