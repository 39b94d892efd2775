// SPDX-License-Identifier: GPL-2.0-only
/*
 * ups-attach: have the kernel monitor the UPS at a tty, or remove it. The kernel keeps the
 * tty open, so that no process has to stay. See
 * Documentation/admin-guide/ups-attach.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* The parameter "ldisc" of the module ups-serial has the number in use. */
#define LDISC_FILE	"/sys/module/ups_serial/parameters/ldisc"
#define LDISC_DEFAULT	29

static void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "ups-attach: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

static void show_help(int status)
{
	fprintf(status ? stderr : stdout,
		"usage: ups-attach [-n NAME] TTY PROTOCOL [PROPERTY[=VALUE[,VALUE...]]]...\n"
		"       ups-attach -d TTY\n"
		"\n"
		"Have the kernel monitor the UPS at TTY, with the properties of the devicetree\n"
		"binding of its protocol, such as: ups-attach /dev/ttyS0 megatec\n"
		"\n"
		"  -n NAME  when the UPS is attached again, it is known by this name (default:\n"
		"           the last part of TTY)\n"
		"  -d       remove it\n");
	exit(status);
}

static int ldisc_number(void)
{
	FILE *f = fopen(LDISC_FILE, "r");
	int number = LDISC_DEFAULT;

	if (f) {
		if (fscanf(f, "%d", &number) != 1)
			number = LDISC_DEFAULT;
		fclose(f);
	}
	return number;
}

/*
 * Without waiting for a carrier, and not as the controlling terminal. A tty with a UPS has
 * no settings, so that isatty() does not know it.
 */
static int open_tty(const char *path, int *ldisc)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	if (ioctl(fd, TIOCGETD, ldisc))
		die("%s is not a tty", path);
	return fd;
}

static void set_ldisc(int fd, const char *path, int number)
{
	if (ioctl(fd, TIOCSETD, &number))
		die("%s: cannot set line discipline %d: %s", path, number, strerror(errno));
}

/*
 * The first attempt loads the module, which may have a different number. Without the
 * module, the number is that of other software.
 */
static void set_ups_ldisc(int fd, const char *path)
{
	int number = ldisc_number(), n_tty = 0;

	if (ioctl(fd, TIOCSETD, &number))
		set_ldisc(fd, path, ldisc_number());
	if (access(LDISC_FILE, F_OK)) {
		ioctl(fd, TIOCSETD, &n_tty);
		die("line discipline %d is that of other software: see ldisc of ups-serial",
		    number);
	}
}

/* What the UPS may be sending must not be echoed to it until the line discipline is set. */
static void set_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
}

/*
 * The kernel would load it, but only with the port open: until the driver sets DTR and RTS,
 * both are high, which switches some UPSes off. Without modprobe, the kernel does.
 */
static void load_driver(const char *protocol)
{
	char alias[64];
	pid_t pid;

	if (snprintf(alias, sizeof(alias), "platform:%s-ups", protocol) >= (int)sizeof(alias))
		return;
	pid = fork();
	if (!pid) {
		execlp("modprobe", "modprobe", "-q", alias, NULL);
		_exit(1);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void add(char *line, size_t size, const char *word)
{
	size_t len = strlen(line);

	if (!*word || strpbrk(word, " \t\n"))
		die("\"%s\": an empty word, or one with a space", word);
	if (len + strlen(word) + 2 > size)
		die("too many properties");
	snprintf(line + len, size - len, "%s%s", len ? " " : "", word);
}

static const char *reason(int err)
{
	switch (err) {
	case EAGAIN:
	case EBUSY:
		return "a UPS is attached already";
	case EEXIST:
		return "a UPS with this name is attached at a different tty";
	case ENODEV:
		return "no driver: unknown protocol or wrong property, see the kernel log";
	case EINVAL:
		return "wrong name, protocol or property";
	default:
		return strerror(err);
	}
}

int main(int argc, char **argv)
{
	const char *name = NULL, *path;
	char line[1000] = "";
	int c, fd, old, remove = 0;

	while ((c = getopt(argc, argv, "+dhn:")) != -1) {
		switch (c) {
		case 'd':
			remove = 1;
			break;
		case 'n':
			name = optarg;
			break;
		case 'h':
			show_help(0);
			break;
		default:
			show_help(2);
		}
	}
	argc -= optind;
	argv += optind;
	if (remove ? argc != 1 : argc < 2)
		show_help(2);

	path = argv[0];
	if (!remove)
		load_driver(argv[1]);
	fd = open_tty(path, &old);
	if (remove) {
		if (old != ldisc_number())
			die("%s: no UPS is attached", path);
		set_ldisc(fd, path, 0);
		return 0;
	}

	if (!name)
		name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	add(line, sizeof(line), name);
	for (c = 1; c < argc; c++)
		add(line, sizeof(line), argv[c]);
	set_raw(fd);
	set_ups_ldisc(fd, path);
	if (write(fd, line, strlen(line)) < 0) {
		int err = errno, n_tty = 0;

		/* Another process was faster: it has attached a UPS here. */
		if (err != EBUSY && err != EAGAIN)
			ioctl(fd, TIOCSETD, &n_tty);
		die("%s: %s", path, reason(err));
	}
	return 0;
}
