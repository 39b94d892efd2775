/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __VOLTRONIC_H
#define __VOLTRONIC_H

#include <linux/power/ups_serial.h>

int voltronic_parse_protocol(const char *reply);
int voltronic_parse_status(const char *reply, struct ups_status *status);
int voltronic_parse_battery(const char *reply, struct ups_status *status);
int voltronic_parse_warnings(const char *reply, u32 *flags);
int voltronic_parse_rating(const char *reply, struct ups_ident *ident);
int voltronic_parse_model(const char *reply, struct ups_ident *ident);
int voltronic_parse_text(const char *reply, const char *prefix, char text[UPS_STRING_LEN]);
int voltronic_verdict(const char *command, const char *reply);

#endif /* __VOLTRONIC_H */
