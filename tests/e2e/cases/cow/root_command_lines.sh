#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -r DIR: what /proc tells of a program that the stub started, and of a static one, is the program's.
. "$LIB"

need gcc
R=$CASE_DIR/root
mkdir -p "$R"/{bin,lib64,lib/x86_64-linux-gnu,etc,proc,dev,tmp}
cat >"$CASE_DIR/p.c" <<'C'
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
static void show(const char *name)
{
	char buf[4096];
	int fd = open(name, O_RDONLY);
	ssize_t n = read(fd, buf, sizeof(buf));

	for (ssize_t i = 0; i < n; i++)
		buf[i] = buf[i] ? buf[i] : '|';
	printf("%s %.*s\n", name, n > 0 ? (int)n : 0, buf);
	fflush(stdout);
	close(fd);
}
int main(int c, char **v)
{
	char *none[] = { NULL }, *env[] = { "A=1", "BB=two", NULL };
	char *args[] = { "a name", "last", NULL };

	show("/proc/self/cmdline");
	show("/proc/self/environ");
	show("/proc/self/comm");
	if (c == 3) {
		if (fork() == 0)
			execve(v[2], args, none);
		wait(NULL);
		execve(v[1], args, env);
	}
	/* nothing else of PR_SET_MM */
	printf("%d\n", prctl(PR_SET_MM, PR_SET_MM_START_BRK, sbrk(0), 0, 0));
	return 0;
}
C
gcc -o "$R/bin/dynamic" "$CASE_DIR/p.c" || fail "gcc"
gcc -static -o "$R/bin/static" "$CASE_DIR/p.c" || skip "no static libc"
ldd "$R/bin/dynamic" | grep -oE '/lib[^ ]*' | while read -r lib; do
	cp -L "$lib" "$R$lib"
done
for first in dynamic static; do
	ok uc_run -r "$R" -C / /bin/$first /bin/static /bin/dynamic
	out_is "/proc/self/cmdline /bin/$first|/bin/static|/bin/dynamic|
$(grep -a ^/proc/self/environ "$CASE_DIR/out" | sed 1q)
/proc/self/comm $first

/proc/self/cmdline a name|last|
/proc/self/environ 
/proc/self/comm dynamic

-1
/proc/self/cmdline a name|last|
/proc/self/environ A=1|BB=two|
/proc/self/comm static

-1"
	sed 's/|/\n/g' "$CASE_DIR/out" | grep -qx 'UC=test' || fail "environ: $(cat "$CASE_DIR/out")"
done
