// SPDX-License-Identifier: GPL-2.0-only
/* Sanitise strings and dates of devices for user space. Pure. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "internal.h"

/**
 * psy_string_clean() - sanitise a string of a device for user space
 * @dst: where to store it, %PSY_STRING_LEN long
 * @src: bytes as read; need not end with a NUL
 * @len: number of bytes
 *
 * Ends at the first NUL, strips white space at both ends, and replaces bytes other
 * than printable ASCII by '?', as a property may be printed on any terminal.
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
 * psy_chemistry_to_technology() - get the technology constant for a chemistry
 * @chemistry: string of a device, sanitised by psy_string_clean()
 *
 * Supports the abbreviations of the Smart Battery Data Specification, revision
 * 1.1, section 5.1.30, those of ACPI, and common spellings of them. The list of
 * chemistries is open, and Linux has no constant for some: lead acid, NiZn, RAM.
 *
 * Context: any; pure.
 * Return: POWER_SUPPLY_TECHNOLOGY_*; UNKNOWN if Linux has no constant for it.
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
 * psy_date_valid() - check a date of manufacture
 * @year: four digits
 * @month: 1 to 12
 * @day: 1 to the number of days of the month
 *
 * Unprogrammed devices read as all zeros or all ones.
 *
 * Context: any; pure.
 * Return: true if the date is plausible.
 */
bool psy_date_valid(int year, int month, int day)
{
	static const u8 days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return year >= 1980 && year < 2108 && month >= 1 && month <= 12 &&
	       day >= 1 && day <= days[month - 1];
}
EXPORT_SYMBOL_NS_GPL(psy_date_valid, "PSY_MINICLASS");
