#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Options, the trace, and errors: one line, and a status that says whose.
. "$LIB"
. "$(dirname "$LIB")/m68k.sh"
cat >"$CASE_DIR/p.c" <<'C'
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	printf("%d %s %s\n", argc, argv[0], argc > 1 ? argv[1] : "");
	syscall(440);
	return 7;
}
C
m68k-linux-gnu-gcc -o "$CASE_DIR/p" "$CASE_DIR/p.c" || fail "p.c"
expect 7 m68k_run -0 name "$CASE_DIR/p" -t
out_is "2 name -t"
err_empty
expect 7 m68k_run -t "$CASE_DIR/p"
err_has '^[0-9]+ write\(1, 0x[0-9a-f]+, [0-9]+\) = [0-9]+$'
err_has '^[0-9]+ call_440\(\) = -1 \(ENOSYS\)$'
err_has 'exit_group\(7\) \.\.\.$'
expect 127 m68k_run ./nothing
err_has '^ucrun-m68k: ./nothing: No such file'
expect 126 m68k_run /etc/passwd
err_has '^ucrun-m68k: /etc/passwd: not an m68k ELF program$'
expect 126 m68k_run /
expect 126 m68k_run -L /nowhere "$CASE_DIR/p"
err_has 'dynamic linker is missing'
expect 125 m68k_run
expect 125 m68k_run --nonsense
ok m68k_run --version
out_has '^ucrun-m68k .*, Unicorn [0-9.]+$'
ok m68k_run --help
out_has '^Usage: ucrun-m68k'
