// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel-ups: a driver for NUT that has no UPS of its own: upsd gets what the kernel knows
 * of the UPS, from /sys/class/power_supply. See Documentation/admin-guide/ups-network.rst.
 *
 * upsd connects to a socket, sends DUMPALL and from time to time PING, and receives the
 * values and each change of them, as described in NUT's docs/sock-protocol.txt.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define NAME		"kernel-ups"
#define CLASS		"/sys/class/power_supply"
#define CLIENTS		16
#define VALUE_SIZE	128

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define VARIABLES	ARRAY_SIZE(variables)

/**
 * struct variable - where a variable of NUT comes from
 * @name: of the variable
 * @file: in the directory of the battery; NULL if update() calculates it
 * @unit: the value of the file for 1 of NUT's units; 0 for text
 * @digits: after the decimal point
 */
static const struct variable {
	const char *name;
	const char *file;
	int unit;
	int digits;
} variables[] = {
	{ "ups.status" },
	{ "ups.alarm" },
	{ "ups.beeper.status" },
	{ "battery.charge", "capacity", 1 },
	{ "battery.runtime", "time_to_empty_now", 1 },
	{ "battery.temperature", "temp", 10, 1 },
	{ "battery.voltage", "voltage_now", 1000000, 2 },
	{ "battery.voltage.nominal", "voltage_min_design", 1000000, 2 },
	{ "device.mfr", "manufacturer" },
	{ "device.model", "model_name" },
	{ "device.serial", "serial_number" },
	{ "input.frequency", "frequency", 1000, 1 },
	{ "input.voltage", "input_voltage", 1000000, 1 },
	{ "output.voltage", "output_voltage", 1000000, 1 },
	{ "ups.firmware", "firmware_revision" },
	{ "ups.load", "load_percent", 1 },
	/* Clients use either name. */
	{ "ups.mfr", "manufacturer" },
	{ "ups.model", "model_name" },
	{ "ups.serial", "serial_number" },
};

enum { STATUS, ALARM, BEEPER };

/* Values by variable; an empty one is unknown. None are known while they are stale. */
static char known[VARIABLES][VALUE_SIZE];
static int stale = 1;

static struct client {
	int fd;
	size_t len;
	char line[64];
} clients[CLIENTS];

/* From ups.conf and the command line */
static const char *ups_name;
static char port[PATH_MAX] = "ups0", state_path[PATH_MAX] = "/run/nut", user[64] = "nut";
static int interval = 2;

static void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, NAME ": ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

/* Without spaces and quotes around it */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\"");
	len = strlen(text);
	while (len && strchr(" \t\r\n\"", text[len - 1]))
		text[--len] = '\0';
	return text;
}

static int to_interval(const char *text)
{
	int n = atoi(text);

	if (n < 1 || n > 3600)
		die("interval \"%s\": 1 to 3600 seconds", text);
	return n;
}

static void setting(int global, const char *key, const char *value)
{
	if (!strcmp(key, "pollinterval"))
		interval = to_interval(value);
	else if (!strcmp(key, "port") && !global)
		snprintf(port, sizeof(port), "%s", value);
	else if (!strcmp(key, "statepath") && global)
		snprintf(state_path, sizeof(state_path), "%s", value);
	else if (!strcmp(key, "user") && global)
		snprintf(user, sizeof(user), "%s", value);
}

/* Settings at the top of ups.conf, then those of the section of this UPS */
static void read_conf(void)
{
	const char *dir = getenv("NUT_CONFPATH") ?: "/etc/nut";
	int global = 1, here = 1, found = 0;
	char path[PATH_MAX], text[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/ups.conf", dir);
	f = fopen(path, "re");
	if (!f)
		die("%s: %s", path, strerror(errno));
	while (fgets(text, sizeof(text), f)) {
		char *line, *value;

		text[strcspn(text, "#")] = '\0';
		line = trim(text);
		value = strchr(line, '=');
		if (*line == '[') {
			line[strcspn(line, "]")] = '\0';
			global = 0;
			here = !strcmp(line + 1, ups_name);
			found |= here;
		} else if (here && value) {
			*value++ = '\0';
			setting(global, trim(line), trim(value));
		}
	}
	fclose(f);
	if (!found)
		die("%s has no section [%s]", path, ups_name);
	if (getenv("NUT_STATEPATH"))
		snprintf(state_path, sizeof(state_path), "%s", getenv("NUT_STATEPATH"));
}

/*
 * The directory of the battery, whose name changes if port is a pattern. A pattern that
 * matches two UPSes matches none: the UPS may be either.
 */
static int find_supply(char *dir, size_t size)
{
	char pattern[PATH_MAX + 64];
	glob_t found;
	int ret = -1;

	snprintf(pattern, sizeof(pattern), "%s%s/ups_state", *port == '/' ? "" : CLASS "/", port);
	if (glob(pattern, 0, NULL, &found))
		return -1;
	if (found.gl_pathc == 1) {
		snprintf(dir, size, "%s", found.gl_pathv[0]);
		*strrchr(dir, '/') = '\0';
		ret = 0;
	}
	globfree(&found);
	return ret;
}

/* The value of a file, or nothing if it is not there or cannot be read */
static const char *read_text(const char *dir, const char *file)
{
	static char text[VALUE_SIZE];
	char path[PATH_MAX + 64];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return "";
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return "";
	text[len] = '\0';
	return trim(text);
}

static int reads(const char *dir, const char *file, const char *value)
{
	return !strcmp(read_text(dir, file), value);
}

static void read_variable(const char *dir, const struct variable *v, char *value)
{
	const char *text = read_text(dir, v->file);
	char *end;
	long n;

	if (!v->unit) {
		snprintf(value, VALUE_SIZE, "%s", text);
		return;
	}
	errno = 0;
	n = strtol(text, &end, 10);
	if (end != text && !*end && !errno)
		snprintf(value, VALUE_SIZE, "%.*f", v->digits, (double)n / v->unit);
}

/* The words of the state; nothing if it is not known */
static const char *state_words(const char *dir)
{
	static const char * const words[][2] = {
		{ "online", "OL" }, { "on-battery", "OB" }, { "low-battery", "OB LB" },
		{ "critical", "OB LB" },
	};
	const char *state = read_text(dir, "ups_state");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(state, words[i][0]))
			return words[i][1];
	return "";
}

/*
 * Read everything. The state is read after the values, and whether the UPS answers after
 * that: if either is bad or unreadable, so may be all before it.
 *
 * Return: 0, or -1 if the values are stale.
 */
static int read_values(char v[VARIABLES][VALUE_SIZE])
{
	const char *charging = "", *replace = "", *over = "", *test = "", *state;
	char dir[PATH_MAX];
	unsigned int i;

	memset(v, 0, VARIABLES * VALUE_SIZE);
	if (find_supply(dir, sizeof(dir)))
		return -1;
	for (i = 0; i < VARIABLES; i++)
		if (variables[i].file)
			read_variable(dir, &variables[i], v[i]);
	if (reads(dir, "beeper", "1"))
		snprintf(v[BEEPER], VALUE_SIZE, "enabled");
	else if (reads(dir, "beeper", "0"))
		snprintf(v[BEEPER], VALUE_SIZE, "disabled");
	if (reads(dir, "health", "Unspecified failure"))
		snprintf(v[ALARM], VALUE_SIZE, "The UPS reports a failure");
	else if (reads(dir, "health", "Dead"))
		replace = " RB";
	if (atoi(read_text(dir, "load_percent")) > 100)
		over = " OVER";
	if (reads(dir, "battery_test", "1"))
		test = " TEST";
	if (reads(dir, "status", "Charging"))
		charging = " CHRG";
	else if (reads(dir, "status", "Discharging"))
		charging = " DISCHRG";

	state = state_words(dir);
	if (!*state || !reads(dir, "comm_status", "ok"))
		return -1;
	/* The status may be older than the state. */
	if (!strcmp(charging, state[1] == 'L' ? " DISCHRG" : " CHRG"))
		charging = "";
	snprintf(v[STATUS], VALUE_SIZE, "%s%s%s%s%s%s", *v[ALARM] ? "ALARM " : "", state,
		 charging, replace, over, test);
	return 0;
}

/* Messages are collected here and sent in one piece, so that none are seen without the others. */
static char out[4 * sizeof(known)];
static size_t out_len;

static void add(const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out + out_len, sizeof(out) - out_len, format, args);
	va_end(args);
	if (len > 0 && out_len + len < sizeof(out))
		out_len += len;
}

static void add_value(const char *name, const char *value)
{
	char text[2 * VALUE_SIZE], *p = text;

	for (; *value && p < text + sizeof(text) - 2; value++) {
		if (!isascii(*value) || !isprint(*value))
			continue;
		if (*value == '"' || *value == '\\')
			*p++ = '\\';
		*p++ = *value;
	}
	*p = '\0';
	add("SETINFO %s \"%s\"\n", name, text);
}

static void drop(struct client *c)
{
	close(c->fd);
	c->fd = -1;
}

/* A client that does not read has to connect again, and then gets everything. */
static void send_to(struct client *c)
{
	if (send(c->fd, out, out_len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)out_len)
		drop(c);
}

static void add_verdict(void)
{
	add(stale ? "DATASTALE\n" : "DATAOK\n");
}

static void dump(struct client *c)
{
	unsigned int i;

	out_len = 0;
	add_value("device.type", "ups");
	add_value("driver.name", NAME);
	add_value("driver.parameter.port", port);
	for (i = 0; i < VARIABLES; i++)
		if (*known[i])
			add_value(variables[i].name, known[i]);
	add_verdict();
	add("DUMPDONE\n");
	send_to(c);
}

/* Read everything, and send what has changed. */
static void update(void)
{
	int was_stale = stale;
	unsigned int i;
	char now[VARIABLES][VALUE_SIZE];

	stale = !!read_values(now);
	if (stale)
		memset(now, 0, sizeof(now));

	out_len = 0;
	/* Nothing is bad before it is stale, or good before all is there. */
	if (stale && !was_stale)
		add_verdict();
	for (i = 0; i < VARIABLES; i++) {
		if (!strcmp(now[i], known[i]))
			continue;
		if (*now[i])
			add_value(variables[i].name, now[i]);
		else
			add("DELINFO %s\n", variables[i].name);
	}
	if (!stale && was_stale)
		add_verdict();
	memcpy(known, now, sizeof(known));
	for (i = 0; i < CLIENTS && out_len; i++)
		if (clients[i].fd >= 0)
			send_to(&clients[i]);
	if (stale != was_stale)
		syslog(LOG_NOTICE, "[%s] %s: %s", ups_name, port,
		       stale ? "no UPS, or it does not answer" : "the UPS answers");
}

static void execute(struct client *c)
{
	if (!strcmp(c->line, "DUMPALL")) {
		dump(c);
	} else if (!strcmp(c->line, "PING")) {
		out_len = 0;
		add("PONG\n");
		send_to(c);
	}
}

static void receive(struct client *c)
{
	char buf[256];
	ssize_t len = recv(c->fd, buf, sizeof(buf), MSG_DONTWAIT), i;

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		drop(c);
		return;
	}
	for (i = 0; i < len && c->fd >= 0; i++) {
		if (buf[i] == '\n') {
			c->line[c->len] = '\0';
			execute(c);
			c->len = 0;
		} else if (c->len < sizeof(c->line) - 1) {
			c->line[c->len++] = buf[i];
		}
	}
}

static void accept_client(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	unsigned int i;

	if (fd < 0)
		return;
	for (i = 0; i < CLIENTS; i++) {
		if (clients[i].fd < 0) {
			clients[i].fd = fd;
			clients[i].len = 0;
			return;
		}
	}
	close(fd);
}

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket: %s", strerror(errno));
	if (strlen(path) >= sizeof(address.sun_path))
		die("%s: too long", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("[%s] has a running driver already", ups_name);
	unlink(path);
	/* upsd has the same group. */
	umask(0117);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, CLIENTS))
		die("%s: %s", path, strerror(errno));
	umask(022);
	return fd;
}

/* The kernel announces all changes of supplies. Without that, the next poll sees them. */
static int open_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Whether one of the waiting events is about a supply, or events were lost */
static int read_uevents(int fd)
{
	static const char subsystem[] = "SUBSYSTEM=power_supply";
	char buf[8192];
	int ret = 0;

	for (;;) {
		ssize_t len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

		if (len < 0 && errno != ENOBUFS)
			return ret;
		if (len < 0 || memmem(buf, len, subsystem, sizeof(subsystem)))
			ret = 1;
	}
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Serve until one of the signals has come. */
static void run(int listener, int uevents, int signals)
{
	struct pollfd fds[3 + CLIENTS];
	long long next = now_ms() + interval * 1000;
	unsigned int i;

	for (;;) {
		long long left = next - now_ms();

		fds[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = uevents, .events = POLLIN };
		fds[2] = (struct pollfd){ .fd = listener, .events = POLLIN };
		for (i = 0; i < CLIENTS; i++)
			fds[3 + i] = (struct pollfd){ .fd = clients[i].fd, .events = POLLIN };
		if (poll(fds, ARRAY_SIZE(fds), left > 0 ? left : 0) < 0)
			continue;
		if (fds[0].revents)
			return;
		if ((fds[1].revents && read_uevents(uevents)) || now_ms() >= next) {
			update();
			next = now_ms() + interval * 1000;
		}
		for (i = 0; i < CLIENTS; i++)
			if (fds[3 + i].revents && clients[i].fd >= 0)
				receive(&clients[i]);
		if (fds[2].revents)
			accept_client(listener);
	}
}

static void drop_privileges(void)
{
	struct passwd *pw;

	if (geteuid())
		return;
	pw = getpwnam(user);
	if (!pw)
		die("no user \"%s\"", user);
	if (initgroups(user, pw->pw_gid) || setgid(pw->pw_gid) || setuid(pw->pw_uid))
		die("cannot become user \"%s\": %s", user, strerror(errno));
}

static void serve(int foreground)
{
	char path[PATH_MAX + 128], pid_path[PATH_MAX + 128];
	int listener, uevents, signals;
	sigset_t set;
	unsigned int i;
	FILE *f;

	for (i = 0; i < CLIENTS; i++)
		clients[i].fd = -1;
	drop_privileges();
	snprintf(path, sizeof(path), "%s/" NAME "-%s", state_path, ups_name);
	snprintf(pid_path, sizeof(pid_path), "%s/" NAME "-%s.pid",
		 getenv("NUT_ALTPIDPATH") ?: state_path, ups_name);

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		die("signalfd: %s", strerror(errno));

	openlog(NAME, LOG_PID | (foreground ? LOG_PERROR : 0), LOG_DAEMON);
	uevents = open_uevents();
	if (uevents < 0)
		syslog(LOG_WARNING, "no events of the kernel: %m");
	listener = open_socket(path);
	/* After the events, or a change might be missed until the next poll */
	update();
	if (!foreground && daemon(0, 0))
		die("cannot run in the background: %s", strerror(errno));
	f = fopen(pid_path, "we");
	if (f) {
		fprintf(f, "%d\n", (int)getpid());
		fclose(f);
	}
	run(listener, uevents, signals);
	unlink(path);
	unlink(pid_path);
}

/* For -d: print the values once, as NUT's drivers do. */
static int show(void)
{
	unsigned int i;
	char v[VARIABLES][VALUE_SIZE];

	if (read_values(v))
		die("%s: no UPS, or it does not answer", port);
	for (i = 0; i < VARIABLES; i++)
		if (*v[i])
			printf("%s: %s\n", variables[i].name, v[i]);
	return 0;
}

/*
 * For -k, at the end of a shutdown that NUT has started: the kernel is to cut the outlets
 * when the machine powers off, even if mains has returned.
 */
static int kill_power(void)
{
	static const char always[] = "always";
	char dir[PATH_MAX], path[PATH_MAX + 64];
	int fd;

	if (find_supply(dir, sizeof(dir)))
		die("%s: no UPS", port);
	snprintf(path, sizeof(path), "%s/killpower", dir);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, always, strlen(always)) < 0)
		die("%s: %s", path, strerror(errno));
	close(fd);
	return 0;
}

static void show_help(int status)
{
	fprintf(status ? stderr : stdout,
		"usage: " NAME " [-DF] [-i SECONDS] [-u USER] -a UPS\n"
		"       " NAME " -d 1 -a UPS\n"
		"       " NAME " -k -a UPS\n"
		"\n"
		"A driver for NUT that serves what the kernel knows of a UPS. Usually started by\n"
		"\"upsdrvctl start\". ups.conf has a section for it, with \"driver = " NAME "\"\n"
		"and \"port = ups0\", the name in " CLASS ".\n"
		"\n"
		"  -d 1   print the values once\n"
		"  -k     have the kernel cut the outlets when the machine powers off\n"
		"  -D -F  do not run in the background\n");
	exit(status);
}

int main(int argc, char **argv)
{
	const char *new_interval = NULL, *new_user = NULL;
	int c, once = 0, foreground = 0, kill = 0;

	while ((c = getopt(argc, argv, "a:d:i:u:kBDFqh")) != -1) {
		switch (c) {
		case 'a':
			ups_name = optarg;
			break;
		case 'd':
			once = 1;
			break;
		case 'i':
			new_interval = optarg;
			break;
		case 'u':
			new_user = optarg;
			break;
		case 'k':
			kill = 1;
			break;
		case 'D':
		case 'F':
			foreground = 1;
			break;
		case 'B':
		case 'q':
			break;
		case 'h':
			show_help(0);
			break;
		default:
			show_help(2);
		}
	}
	if (!ups_name || !*ups_name || strchr(ups_name, '/') || optind != argc)
		show_help(2);
	read_conf();
	if (new_interval)
		interval = to_interval(new_interval);
	if (new_user)
		snprintf(user, sizeof(user), "%s", new_user);
	if (kill)
		return kill_power();
	if (once)
		return show();
	serve(foreground);
	return 0;
}
