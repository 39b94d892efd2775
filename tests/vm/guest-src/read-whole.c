// SPDX-License-Identifier: GPL-2.0-only
/*
 * read-whole FILE STOP [NICE]: read FILE with one read(), repeatedly, until the file
 * STOP exists, with that niceness. Prints each text that differs from the previous one,
 * its lines joined by spaces, and finally "readings N".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char text[8192], last[8192];
	unsigned long readings = 0;
	ssize_t n, i;
	int fd;

	if (argc != 3 && argc != 4)
		return 2;
	if (argc == 4 && nice(atoi(argv[3])) < 0)
		return 2;
	while (access(argv[2], F_OK)) {
		fd = open(argv[1], O_RDONLY);
		if (fd < 0)
			return 2;
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		if (n < 0)
			return 2;
		readings++;
		for (i = 0; i < n; i++)
			if (text[i] == '\n')
				text[i] = ' ';
		text[n] = '\0';
		if (strcmp(text, last)) {
			puts(text);
			memcpy(last, text, n + 1);
		}
	}
	printf("readings %lu\n", readings);
	return 0;
}
