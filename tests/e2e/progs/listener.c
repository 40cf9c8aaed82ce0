/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outside: listen on an abstract socket "@NAME" or a path, say so, answer everybody "hello". */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len;

	if (argc < 2)
		return 2;
	strncpy(sa.sun_path, argv[1], sizeof(sa.sun_path) - 1);
	len = offsetof(struct sockaddr_un, sun_path) + strlen(argv[1]);
	if (sa.sun_path[0] == '@')
		sa.sun_path[0] = 0;
	if (bind(s, (void *)&sa, len) < 0 || listen(s, 8) < 0) {
		perror("listener");
		return 1;
	}
	printf("listening\n");
	fflush(stdout);
	for (;;) {
		int c = accept(s, NULL, NULL);

		if (c >= 0) {
			(void)!write(c, "hello", 5);
			close(c);
		}
	}
}
