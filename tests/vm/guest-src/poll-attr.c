// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll-attr FILE SECONDS: sleep in poll() until a sysfs attribute reports a
 * change. Exit status 0 when it does, 1 on timeout, 2 on error.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd p = { .events = POLLPRI | POLLERR };
	char buf[4096];

	if (argc != 3)
		return 2;
	p.fd = open(argv[1], O_RDONLY);
	/* poll() reports changes of a sysfs file only after a read. */
	if (p.fd < 0 || read(p.fd, buf, sizeof(buf)) < 0) {
		perror(argv[1]);
		return 2;
	}
	puts("polling");
	fflush(stdout);
	return poll(&p, 1, 1000 * atoi(argv[2])) > 0 ? 0 : 1;
}
