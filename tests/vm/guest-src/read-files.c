// SPDX-License-Identifier: GPL-2.0-only
/*
 * read-files STOP NICE FILE...: open and read these files in turn, until the file STOP
 * exists, with that niceness. Files that are not there, or fail, do not matter. Prints
 * "readings N", the number of reads that returned data.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long readings = 0;
	char text[8192];
	int fd, i;

	if (argc < 4 || nice(atoi(argv[2])) < 0)
		return 2;
	while (access(argv[1], F_OK)) {
		for (i = 3; i < argc; i++) {
			fd = open(argv[i], O_RDONLY);
			if (fd < 0) {
				sched_yield();
				continue;
			}
			if (read(fd, text, sizeof(text)) > 0)
				readings++;
			close(fd);
		}
	}
	printf("readings %lu\n", readings);
	return 0;
}
