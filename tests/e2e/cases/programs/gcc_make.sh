#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Compile, link, archive, make -j2, run.
. "$LIB"

need gcc make
cat >"$CASE_DIR/Makefile" <<'M'
objs := $(foreach n,1 2 3 4 5 6 7 8,f$(n).o)
prog: main.o lib.a ; gcc -o $@ $^
lib.a: $(objs) ; ar rcD $@ $^
f%.o: f%.c ; gcc -O2 -c -o $@ $<
main.o: main.c ; gcc -c -o $@ $<
clean: ; rm -f *.o lib.a prog
M
own_seed()
{
	local n

	cp "$CASE_DIR/Makefile" .
	for n in 1 2 3 4 5 6 7 8; do echo "int f$n(void) { return $n; }" >f$n.c; done
	{
		echo '#include <stdio.h>'
		for n in 1 2 3 4 5 6 7 8; do echo "int f$n(void);"; done
		echo 'int main(void) { printf("%d\n", f1()+f2()+f3()+f4()+f5()+f6()+f7()+f8()); return 0; }'
	} >main.c
}
same_sh 'make -j2 prog | sort && ./prog && make prog && touch -d 2030-01-01 f3.c && make prog 2>/dev/null | sort; ls; make clean; gcc -shared -fPIC -o libx.so f1.c && gcc -o dyn main.c f[2-8].c -L. -lx && LD_LIBRARY_PATH=. ./dyn; gcc nothing.c 2>&1 | head -n 1; echo "int x" | gcc -xc -c - -o /dev/null; echo $?; gcc -static -o st main.c f?.c && ./st; gdb --version >/dev/null 2>&1; ldd dyn | grep -c libx; nm lib.a | grep -c " T "; strip prog && ./prog'
