// SPDX-License-Identifier: GPL-2.0-only
/*
 * tty-fuzz SECONDS: threads attach UPSes with a few names to pseudo-terminals, let them
 * reply, and hang up, close or detach them at any moment. Prints how many were attached.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define THREADS	10
#define NAMES	3
#define LDISC	29

static time_t end;
static long attached, refused;

static int open_pair(int *host)
{
	int unlock = 0, tty;
	unsigned int number;
	char path[32];

	*host = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (*host < 0 || ioctl(*host, TIOCSPTLCK, &unlock) || ioctl(*host, TIOCGPTN, &number))
		return -1;
	snprintf(path, sizeof(path), "/dev/pts/%u", number);
	tty = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (tty < 0)
		close(*host);
	return tty;
}

static void detach(int tty)
{
	int n_tty = 0;

	ioctl(tty, TIOCSETD, &n_tty);
}

static void one(unsigned int *seed)
{
	static const char reply[] = "(230.5 230.5 229.7 040 50.0 27.3 31.2 00001000\r";
	int host, tty = open_pair(&host), ldisc = LDISC, n = rand_r(seed) % 6;
	char line[64];

	if (tty < 0)
		return;
	/* With or without another property: the same UPS, or a new one */
	snprintf(line, sizeof(line), "fuzz%d megatec%s", rand_r(seed) % NAMES,
		 rand_r(seed) % 3 ? "" : " settle-ms=0");
	if (ioctl(tty, TIOCSETD, &ldisc) || write(tty, line, strlen(line)) < 0)
		__atomic_fetch_add(&refused, 1, __ATOMIC_RELAXED);
	else
		__atomic_fetch_add(&attached, 1, __ATOMIC_RELAXED);
	while (n-- && write(host, reply, strlen(reply)) > 0)
		usleep(rand_r(seed) % 20000);
	switch (rand_r(seed) % 3) {
	case 0:
		detach(tty);
		break;
	case 1:
		ioctl(tty, TIOCVHANGUP);
		break;
	}
	close(tty);
	close(host);
}

static void *run(void *arg)
{
	unsigned int seed = (long)arg * 7919 + 1;

	while (time(NULL) < end)
		one(&seed);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	long i;

	end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, run, (void *)i);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%ld attached, %ld refused\n", attached, refused);
	/* Much fewer than on a slow machine */
	return attached < 20 || !refused;
}
