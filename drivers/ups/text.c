// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the protocols of the Megatec family have in common: numbers with a fixed point in
 * fields between spaces, rows of flags, columns of text, and the command to switch off.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/power/ups_serial.h>
#include <linux/string.h>

/**
 * ups_text_number() - parse a number with a fixed point
 * @text: "208.4", "49"; at most 7 characters
 * @len: its length
 *
 * Context: any; pure.
 * Return: the number in thousandths, or -ENODATA if it is not a number, for example
 * "--.-".
 */
int ups_text_number(const char *text, size_t len)
{
	int val = 0, decimals = -1;
	size_t i;

	if (!len || len > 7)
		return -ENODATA;
	for (i = 0; i < len; i++) {
		if (text[i] == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (!isdigit(text[i]) || decimals == 3)
			return -ENODATA;
		val = val * 10 + text[i] - '0';
		if (decimals >= 0)
			decimals++;
		if (val > 1000000)
			return -ENODATA;
	}
	for (i = max(decimals, 0); i < 3; i++)
		val *= 10;
	return val >= 0 && val <= 1000000 * 1000 ? val : -ENODATA;
}
EXPORT_SYMBOL_NS_GPL(ups_text_number, "UPS_SERIAL");

/**
 * ups_text_split() - split a text at spaces
 * @text: the text
 * @field: where to store the beginning of each field
 * @len: where to store its length
 * @max: size of both arrays
 *
 * Context: any; pure.
 * Return: number of fields, at most @max.
 */
unsigned int ups_text_split(const char *text, const char *field[], size_t len[],
			    unsigned int max)
{
	unsigned int n = 0;

	while (*text) {
		while (*text == ' ')
			text++;
		if (!*text)
			break;
		if (n == max)
			return max;
		field[n] = text;
		while (*text && *text != ' ')
			text++;
		len[n] = text - field[n];
		n++;
	}
	return n;
}
EXPORT_SYMBOL_NS_GPL(ups_text_split, "UPS_SERIAL");

/**
 * ups_text_flags() - parse a row of flags
 * @text: "00110000"
 * @len: its length
 * @bits: UPS_FLAG_* bit of each flag, or 0
 * @num: size of @bits; more flags may follow
 * @flags: where to store the bits of the flags that are set
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if there are fewer flags, or something else.
 */
int ups_text_flags(const char *text, size_t len, const u32 bits[], size_t num, u32 *flags)
{
	size_t i;

	*flags = 0;
	if (len < num)
		return -EBADMSG;
	for (i = 0; i < len; i++) {
		if (text[i] != '0' && text[i] != '1')
			return -EBADMSG;
		if (text[i] == '1' && i < num)
			*flags |= bits[i];
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(ups_text_flags, "UPS_SERIAL");

/**
 * ups_text_set() - store a value that the UPS has reported
 * @status: the status
 * @bit: UPS_HAS_* bit of the value
 * @member: where in @status to store it
 * @val: the value; negative if it is unknown
 *
 * Context: any; pure.
 */
void ups_text_set(struct ups_status *status, u32 bit, int *member, int val)
{
	if (val < 0)
		return;
	*member = val;
	status->valid |= bit;
}
EXPORT_SYMBOL_NS_GPL(ups_text_set, "UPS_SERIAL");

static bool ups_text_is_filler(char c)
{
	return c == ' ' || c == '#' || c == '-';
}

/**
 * ups_text_column() - copy columns of a reply
 * @reply: the reply
 * @from: first column
 * @to: column after the last one
 * @text: where to store them, without spaces and filler ("#", "-") at the ends
 *
 * Context: any; pure.
 */
void ups_text_column(const char *reply, size_t from, size_t to, char text[UPS_STRING_LEN])
{
	size_t len = strlen(reply), n = 0, i;

	for (i = from; i < to && i < len && n < UPS_STRING_LEN - 1; i++) {
		if (!n && ups_text_is_filler(reply[i]))
			continue;
		text[n++] = reply[i];
	}
	while (n && ups_text_is_filler(text[n - 1]))
		n--;
	text[n] = '\0';
}
EXPORT_SYMBOL_NS_GPL(ups_text_column, "UPS_SERIAL");

/**
 * ups_text_off_delay() - round up to a delay that the command S can express
 * @seconds: minimum delay
 * @max: largest delay, seconds, full minutes
 *
 * 12 to 54 s in steps of 6, then minutes.
 *
 * Context: any; pure.
 * Return: seconds, never less than @seconds; -ERANGE if that is more than @max.
 */
int ups_text_off_delay(unsigned int seconds, unsigned int max)
{
	if (seconds <= 12)
		return 12;
	if (seconds <= 54)
		return DIV_ROUND_UP(seconds, 6) * 6;
	if (seconds <= max)
		return DIV_ROUND_UP(seconds, 60) * 60;
	return -ERANGE;
}
EXPORT_SYMBOL_NS_GPL(ups_text_off_delay, "UPS_SERIAL");

/**
 * ups_text_off_command() - encode the command to switch off and on again
 * @seconds: a delay from ups_text_off_delay(), at most 99 minutes
 * @command: where to store it
 * @size: size of @command
 *
 * On again after three minutes at the earliest: with less, early firmware never
 * switches on again.
 *
 * Context: any; pure.
 * Return: 0, or -EINVAL.
 */
int ups_text_off_command(unsigned int seconds, char *command, size_t size)
{
	if (seconds < 12 || ups_text_off_delay(seconds, 99 * 60) != seconds)
		return -EINVAL;
	if (seconds < 60)
		snprintf(command, size, "S.%uR0003", seconds / 6);
	else
		snprintf(command, size, "S%02uR0003", seconds / 60);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(ups_text_off_command, "UPS_SERIAL");

/**
 * ups_text_turn_off() - switch off after a delay, and on again with the mains
 * @ups: the UPS
 * @seconds: a delay from ups_text_off_delay()
 * @cancel: the command that ends a countdown
 * @get_status: reads the flag UPS_FLAG_SHUTDOWN: the UPS counts down; NULL if it does
 *	not report that
 *
 * For &ups_ops.turn_off. A command is repeated only if the UPS says that it does not
 * count down.
 *
 * Context: hooks only; may sleep.
 * Return: 0 or a negative error, -EINVAL for a different delay.
 */
int ups_text_turn_off(struct ups *ups, unsigned int seconds, const char *cancel,
		      int (*get_status)(struct ups *ups, struct ups_status *status))
{
	struct ups_status status = { }, again = { };
	char command[16];
	int ret;

	ret = ups_text_off_command(seconds, command, sizeof(command));
	if (ret)
		return ret;
	/* A countdown in progress may block a new one. Without one, this may be refused. */
	ret = ups_serial_command(ups, cancel);
	if (ret != -ESHUTDOWN)
		ret = ups_serial_command(ups, command);
	/* Assume that it does if it does not respond. */
	if (ret || !get_status || get_status(ups, &status) || status.flags & UPS_FLAG_SHUTDOWN)
		return ret;
	/* Lost, or its flag is late: then a second one may be refused. */
	ret = ups_serial_command(ups, command);
	if (ret && ret != -ESHUTDOWN && !get_status(ups, &again) &&
	    again.flags & UPS_FLAG_SHUTDOWN)
		return 0;
	return ret;
}
EXPORT_SYMBOL_NS_GPL(ups_text_turn_off, "UPS_SERIAL");
