#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Static and musl programs.
. "$LIB"

need gcc
cat >"$CASE_DIR/s.c" <<'C'
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
#include <pthread.h>
static void *t(void *a) { FILE *f = fopen("a", "r"); char b[9] = ""; fgets(b, 9, f); fclose(f); printf("thread %s", b); return a; }
int main(int c, char **v)
{
	DIR *d = opendir("d");
	struct dirent *e;
	int n = 0;
	char b[4096];
	pthread_t p;
	while ((e = readdir(d))) n++;
	printf("%d %d\n", n, getcwd(b, sizeof(b)) != NULL);
	fflush(stdout);
	if (fork() == 0) { execlp("cat", "cat", "b", (char *)0); _exit(1); }
	wait(NULL);
	if (c == 1) { fflush(stdout); if (fork() == 0) execl(v[0], v[0], "again", (char *)0); wait(NULL); }
	pthread_create(&p, 0, t, 0); pthread_join(p, 0);
	return system("exit 3") >> 8;
}
C
own_seed()
{
	cp "$CASE_DIR/s1" "$CASE_DIR/s2" "$CASE_DIR/s3" . 2>/dev/null
}
gcc -static -pthread -o "$CASE_DIR/s1" "$CASE_DIR/s.c" || skip "no static libc"
if command -v musl-gcc >/dev/null; then
	musl-gcc -o "$CASE_DIR/s2" "$CASE_DIR/s.c" || fail "musl-gcc"
	musl-gcc -static -o "$CASE_DIR/s3" "$CASE_DIR/s.c" || fail "musl-gcc -static"
fi
for p in s1 s2 s3; do
	[ -x "$CASE_DIR/$p" ] && same ./$p
done
[ ! -x /bin/busybox ] || same /bin/busybox sh -c 'ls; cat d/text; busybox find . | busybox sort; vi --help 2>&1 | head -n 1'
