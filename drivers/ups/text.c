// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the protocols of the Megatec family have in common: numbers with a fixed point in
 * fields between spaces, columns of text, and the command to switch off. Pure: does not
 * access the port or a clock.
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
