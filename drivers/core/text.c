// SPDX-License-Identifier: GPL-2.0-only
/* Texts and dates of devices, made fit for user space. Pure. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "internal.h"

/**
 * psy_string_clean() - make text of a device fit for user space
 * @dst: where to store it, %PSY_STRING_LEN long
 * @src: bytes as read; need not end with a NUL
 * @len: number of bytes
 *
 * Ends at the first NUL, drops blanks at both ends, and replaces what is not
 * printable ASCII by '?': a property may be printed on any terminal.
 *
 * Context: any.
 */
void psy_string_clean(char *dst, const u8 *src, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len && src[i] && n < PSY_STRING_LEN - 1; i++) {
		if (!n && isspace(src[i]))
			continue;
		dst[n++] = isascii(src[i]) && isprint(src[i]) ? src[i] : '?';
	}
	while (n && dst[n - 1] == ' ')
		n--;
	dst[n] = '\0';
}
EXPORT_SYMBOL_NS_GPL(psy_string_clean, "PSY_MINICLASS");

/**
 * psy_chemistry_to_technology() - Linux' word for a chemistry
 * @chemistry: cleaned text of a device
 *
 * Knows the abbreviations of the Smart Battery Data Specification, revision
 * 1.1, section 5.1.30, of ACPI, and usual ways of spelling them. The list is
 * open, and Linux has no word for some: lead acid, NiZn, RAM.
 *
 * Context: any; pure.
 * Return: POWER_SUPPLY_TECHNOLOGY_*, UNKNOWN for what Linux has no word for.
 */
int psy_chemistry_to_technology(const char *chemistry)
{
	static const struct {
		const char *prefix;
		int technology;
	} known[] = {
		{ "LIP",	POWER_SUPPLY_TECHNOLOGY_LIPO },
		{ "LPOL",	POWER_SUPPLY_TECHNOLOGY_LIPO },
		{ "LIFE",	POWER_SUPPLY_TECHNOLOGY_LiFe },
		{ "LFP",	POWER_SUPPLY_TECHNOLOGY_LiFe },
		{ "LIMN",	POWER_SUPPLY_TECHNOLOGY_LiMn },
		{ "LI",		POWER_SUPPLY_TECHNOLOGY_LION },
		{ "NICD",	POWER_SUPPLY_TECHNOLOGY_NiCd },
		{ "NIMH",	POWER_SUPPLY_TECHNOLOGY_NiMH },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strncasecmp(chemistry, known[i].prefix, strlen(known[i].prefix)))
			return known[i].technology;
	return POWER_SUPPLY_TECHNOLOGY_UNKNOWN;
}
EXPORT_SYMBOL_NS_GPL(psy_chemistry_to_technology, "PSY_MINICLASS");

/**
 * psy_date_valid() - whether a date of manufacture can be true
 * @year: four digits
 * @month: 1 to 12
 * @day: 1 to 31, as long as the month is
 *
 * Unprogrammed devices tell zeros or all ones.
 *
 * Context: any; pure.
 * Return: true when it can.
 */
bool psy_date_valid(int year, int month, int day)
{
	static const u8 days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return year >= 1980 && year < 2108 && month >= 1 && month <= 12 &&
	       day >= 1 && day <= days[month - 1];
}
EXPORT_SYMBOL_NS_GPL(psy_date_valid, "PSY_MINICLASS");
