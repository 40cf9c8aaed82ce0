#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -r DIR with a dynamic musl program: its own loader from the view.
. "$LIB"

need musl-gcc
R=$CASE_DIR/root
mkdir -p "$R"/{bin,lib,etc,proc,dev,tmp}
cat >"$CASE_DIR/m.c" <<'C'
#include <stdio.h>
#include <unistd.h>
#include <dirent.h>
#include <string.h>
#include <stdlib.h>
#include <sys/wait.h>
int main(int c, char **v)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	int musl = 0, glibc = 0;
	while (fgets(line, sizeof(line), f)) {
		musl |= strstr(line, "ld-musl") != NULL;
		glibc |= strstr(line, "libc.so.6") != NULL;
	}
	printf("musl %d glibc %d %s\n", musl, glibc, c > 1 ? v[1] : "-");
	fflush(stdout);
	if (c == 1) {
		if (fork() == 0)
			execl("/bin/m", "m", "child", (char *)0);
		wait(NULL);
	}
	return 0;
}
C
musl-gcc -o "$R/bin/m" "$CASE_DIR/m.c" || skip "musl-gcc does not work"
cp -L /lib/ld-musl-x86_64.so.1 "$R/lib/" 2>/dev/null || cp -L "$(find /usr/lib -name 'libc.so' -path '*musl*' | head -n 1)" "$R/lib/ld-musl-x86_64.so.1"
ok uc_run -r "$R" -C / /bin/m
out_is 'musl 1 glibc 0 -
musl 1 glibc 0 child'
