/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CYBERPOWER_H
#define __CYBERPOWER_H

#include <linux/power/ups_serial.h>

/* Largest delay of Z and S, seconds */
#define CYBERPOWER_OFF_MAX	600

/* Least number of flags in a status, bytes */
#define CYBERPOWER_FLAGS	2

int cyberpower_parse_ident(const char *reply, struct ups_ident *ident);
int cyberpower_parse_battery(const char *reply, struct ups_ident *ident);
int cyberpower_parse_rating(const char *reply, struct ups_ident *ident);
int cyberpower_parse_status(const char *reply, size_t len, struct ups_status *status);
int cyberpower_off_delay(unsigned int seconds);
int cyberpower_off_command(char letter, unsigned int seconds, char *command, size_t size);
int cyberpower_verdict(const char *command, const char *reply);

#endif /* __CYBERPOWER_H */
