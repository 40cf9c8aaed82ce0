// SPDX-License-Identifier: GPL-2.0-or-later
/* Which files the program's names are: this machine's, or those of the m68k libraries' directory.
 */
#include <stdio.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	struct stat st;

	for (int i = 1; i < argc; i++) {
		if (stat(argv[i], &st) < 0)
			printf("%s: none\n", argv[i]);
		else
			printf("%s: %llu\n", argv[i], (unsigned long long)st.st_ino);
	}
	return 0;
}
