#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of other processors, static and dynamic, from the command line, a shell and make.
. "$LIB"

cd "$W" || exit 1
printf '#include <stdio.h>\nint main(int c, char **v) { printf("%%d %%s\\n", c, c > 1 ? v[1] : "-"); return 7; }\n' >p.c
ran=
for machine in aarch64 riscv64 arm powerpc powerpc64le; do
	cc=$machine-linux-gnu-gcc
	[ $machine = arm ] && cc=arm-linux-gnueabihf-gcc
	qemu=qemu-${machine/powerpc/ppc}-static
	command -v "$cc" >/dev/null && command -v "$qemu" >/dev/null || continue
	"$cc" -static -o "s.$machine" p.c && "$cc" -o "d.$machine" p.c || continue
	ran=1
	for p in "s.$machine" "d.$machine"; do
		expect 7 uc_run "./$p" 'two words'
		out_is '2 two words'
		expect 7 uc_run bash -c "./$p x"
		out_is '2 x'
		printf 'all:\n\t./%s from-make; test $$? -eq 7\n' "$p" >Makefile
		if command -v make >/dev/null; then
			ok uc_run make -s
			out_is '2 from-make'
		fi
		# exec by descriptor, and as a script's interpreter
		ok uc_run python3 -c "
import os
pid = os.fork()
if not pid:
    fd = os.open('$p', os.O_RDONLY)
    os.set_inheritable(fd, True)
    os.execve(fd, ['x', 'by-fd'], {'PATH': '/usr/bin'})
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) - 7)"
		out_is '2 by-fd'
	done
	# an environment whose program is foreign itself: file -> that program -> qemu
	printf 'KIND\1' >file
	chmod 755 file
	printf '[k]\nProgram = %s/d.%s\nMagic = 0 4b494e4401\n' "$W" "$machine" |
		uc_run -E HOME="$W" sh -c 'mkdir -p "$HOME/.config/uc/eel.d"; cat >"$HOME/.config/uc/eel.d/k.ee"'
	expect 7 uc_run -E HOME="$W" ./file
	out_is '2 ./file'
	printf '#!%s\n' "$W/s.$machine" >script
	chmod 755 script
	expect 7 uc_run ./script
	out_is '2 ./script'
done
[ -n "$ran" ] || skip "no cross compiler with its qemu is installed"
