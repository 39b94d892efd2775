// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the meaning of lines, for UPSes with contact closure */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/termios.h>

#include "../contact.h"
#include "ups_kunit.h"

#define MAINS_LOW	(UPS_FLAG_MAINS_FAILED | UPS_FLAG_BATTERY_LOW)

/* All combinations of the inputs */
#define INPUTS		16

static int inputs(unsigned int n)
{
	return (n & 1 ? TIOCM_CTS : 0) | (n & 2 ? TIOCM_DSR : 0) | (n & 4 ? TIOCM_RNG : 0) |
	       (n & 8 ? TIOCM_CAR : 0);
}

static int nut_line(const char *name)
{
	if (strstr(name, "CTS"))
		return TIOCM_CTS;
	if (strstr(name, "DCD"))
		return TIOCM_CAR;
	if (strstr(name, "RNG"))
		return TIOCM_RNG;
	return strstr(name, "DSR") ? TIOCM_DSR : 0;
}

/* As NUT evaluates its table: NULL is never true. */
static bool nut_true(const char *name, int lines)
{
	return name && !!(lines & nut_line(name)) == (name[0] != '-');
}

static int nut_outputs(const char *names)
{
	if (!names)
		return CONTACT_KILL_NONE;
	if (!strcmp(names, "ST"))
		return CONTACT_KILL_BREAK;
	return (strstr(names, "DTR") ? TIOCM_DTR : 0) | (strstr(names, "RTS") ? TIOCM_RTS : 0);
}

/* The types of NUT's genericups 2.8.0: cable power, online, low battery, shutdown */
static const struct {
	const char *name, *cp, *ol, *lb, *sd, *rb, *bypass;
} nut[] = {
	{ "upsonic-lan-saver", "DTR+RTS", "-CTS", "DCD", "RTS" },
	{ "apc-940-0095a", "DTR", "-RNG", "DCD", "RTS" },
	{ "apc-940-0020b", "RTS", "-CTS", "DCD", "DTR+RTS" },
	{ "powertech-comp1000", "DTR", "-CTS", "DCD", "DTR+RTS" },
	{ "rups", "RTS", "CTS", "-DCD", "0" },
	{ "tripplite-lan", "DTR", "CTS", "-DCD", "DTR+RTS" },
	{ "best-patriot", "DTR", "CTS", "-DCD", "RTS" },
	{ "cyberpower-power99", "RTS", "CTS", "-DCD", "DTR" },
	{ "nitram-500", "DTR", "CTS", "-DCD", NULL },
	{ "apc-940-0023a", "0", "-DCD", "CTS", "RTS" },
	{ "victron-lite", "RTS", "CTS", "-DCD", "DTR" },
	{ "powerware-3115", "DTR", "-CTS", "-DCD", "ST" },
	{ "apc-940-0119a", "RTS", "-CTS", "DCD", "DTR" },
	{ "repotec-rpt", "DTR+RTS", "DCD", "-CTS", "ST" },
	{ "online-p", "DTR", "DCD", "-CTS", "RTS" },
	{ "powerware-5119", "DTR", "CTS", "-DCD", "ST" },
	{ "nitram-2002", "DTR+RTS", "CTS", "-DCD", NULL },
	{ "powerkinetics-9001", "DTR", "CTS", "-DCD", NULL },
	{ "tripplite-omni", "DTR", "CTS", "DCD", NULL },
	{ "fideltronik-ares", "DTR", "CTS", "-DCD", "RTS" },
	{ "powerware-5119rm", "DTR", "-CTS", "DCD", "ST" },
	{ "rups-2000", "RTS", "CTS", "-DCD", "DTR+RTS" },
	{ "gamatronic", "RTS", "CTS", "-DCD", "DTR" },
	{ "fttx", "RTS", "CTS", "-DCD", NULL, "-RNG", "-DSR" },
};

static void table_agrees_with_nut(struct kunit *test)
{
	const struct contact_cable *c;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(nut); i++) {
		c = contact_cable_at(i);
		KUNIT_ASSERT_NOT_NULL(test, c);
		KUNIT_EXPECT_STREQ(test, c->name, nut[i].name);
		KUNIT_EXPECT_EQ_MSG(test, c->power, nut_outputs(nut[i].cp), "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->kill, nut_outputs(nut[i].sd), "%s", c->name);
		for (n = 0; n < INPUTS; n++) {
			u32 want = 0;

			want |= nut_true(nut[i].ol, inputs(n)) ? 0 : UPS_FLAG_MAINS_FAILED;
			want |= nut_true(nut[i].lb, inputs(n)) ? UPS_FLAG_BATTERY_LOW : 0;
			want |= nut_true(nut[i].rb, inputs(n)) ? UPS_FLAG_REPLACE : 0;
			want |= nut_true(nut[i].bypass, inputs(n)) ? UPS_FLAG_BYPASS : 0;
			KUNIT_EXPECT_EQ_MSG(test, contact_flags(c, inputs(n)), want,
					    "%s, inputs %x", c->name, n);
		}
	}
}

/* Those of apcupsd: on battery, low battery, outputs, outputs to switch off */
static void table_agrees_with_apcupsd(struct kunit *test)
{
	static const struct {
		const char *name;
		int fail, low;
		bool fail_high, low_high;
		int power, kill;
	} rows[] = {
		{ "apc-940-0095b", TIOCM_RNG, 0, true, false, TIOCM_DTR, TIOCM_DTR | TIOCM_RTS },
		{ "apcupsd-simple", TIOCM_CAR, TIOCM_CTS, true, false, TIOCM_DTR,
		  TIOCM_DTR | TIOCM_RTS },
		{ "mam", TIOCM_CTS, TIOCM_CAR, false, false, TIOCM_RTS, TIOCM_DTR },
		{ "apc-940-0119a", TIOCM_CTS, TIOCM_CAR, true, true, TIOCM_RTS, TIOCM_DTR },
	};
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct contact_cable *c = contact_find_cable(rows[i].name);

		KUNIT_ASSERT_NOT_NULL(test, c);
		KUNIT_EXPECT_EQ(test, c->power, rows[i].power);
		KUNIT_EXPECT_EQ(test, c->kill, rows[i].kill);
		KUNIT_EXPECT_EQ(test, c->hold_ms, 10000U);
		for (n = 0; n < INPUTS; n++) {
			bool fail = !!(inputs(n) & rows[i].fail) == rows[i].fail_high;
			bool low = rows[i].low && !!(inputs(n) & rows[i].low) == rows[i].low_high;

			KUNIT_EXPECT_EQ_MSG(test, contact_flags(c, inputs(n)),
					    (fail ? UPS_FLAG_MAINS_FAILED : 0U) |
					    (low ? UPS_FLAG_BATTERY_LOW : 0U),
					    "%s, inputs %x", c->name, n);
		}
	}
}

static void cables_are_sane(struct kunit *test)
{
	const struct contact_cable *c;
	unsigned int i;

	for (i = 0; (c = contact_cable_at(i)); i++) {
		KUNIT_EXPECT_PTR_EQ_MSG(test, contact_find_cable(c->name), c, "%s", c->name);
		KUNIT_EXPECT_NE_MSG(test, c->fail.line, 0, "%s", c->name);
		KUNIT_EXPECT_NE_MSG(test, c->fail.line, c->low.line, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->power & ~CONTACT_OUTPUTS, 0, "%s", c->name);
		/* It would be switched off all the time. */
		KUNIT_EXPECT_NE_MSG(test, c->power, c->kill, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, !c->hold_ms, c->kill == CONTACT_KILL_NONE, "%s", c->name);
	}
	KUNIT_EXPECT_GT(test, i, (unsigned int)ARRAY_SIZE(nut));
	KUNIT_EXPECT_NULL(test, contact_find_cable(""));
	KUNIT_EXPECT_NULL(test, contact_find_cable("rup"));
	KUNIT_EXPECT_NULL(test, contact_find_cable("RUPS"));
}

/* What the Windows service expects for a mask, bit by bit as documented */
static void all_option_masks(struct kunit *test)
{
	unsigned int mask, valid = 0, n;

	for (mask = 0; mask < 256; mask++) {
		struct contact_cable c = { .name = "before" };
		int ret = contact_from_mask(mask, &c);

		if (mask > 127 || !(mask & 0x01) || !(mask & 0x06)) {
			KUNIT_EXPECT_EQ_MSG(test, ret, -EINVAL, "%02x", mask);
			KUNIT_EXPECT_STREQ_MSG(test, c.name, "before", "%02x", mask);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, ret, 0, "%02x", mask);
		valid++;
		for (n = 0; n < INPUTS; n++) {
			bool cts = inputs(n) & TIOCM_CTS, dcd = inputs(n) & TIOCM_CAR;
			bool low = (mask & 0x04) && dcd == !!(mask & 0x20);
			bool fail = mask & 0x02 ? cts == !!(mask & 0x10) : low;

			KUNIT_EXPECT_EQ_MSG(test, contact_flags(&c, inputs(n)),
					    (fail ? UPS_FLAG_MAINS_FAILED : 0U) |
					    (low ? UPS_FLAG_BATTERY_LOW : 0U),
					    "%02x, inputs %x", mask, n);
		}
		/* RTS powers the cable, DTR switches off. */
		KUNIT_EXPECT_TRUE_MSG(test, c.power & TIOCM_RTS, "%02x", mask);
		if (!(mask & 0x08)) {
			KUNIT_EXPECT_EQ_MSG(test, c.kill, CONTACT_KILL_NONE, "%02x", mask);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, !!(c.power & TIOCM_DTR), !(mask & 0x40), "%02x", mask);
		KUNIT_EXPECT_EQ_MSG(test, c.kill, c.power ^ TIOCM_DTR, "%02x", mask);
		KUNIT_EXPECT_GT_MSG(test, c.hold_ms, 0U, "%02x", mask);
	}
	KUNIT_EXPECT_EQ(test, valid, 48U);
}

static void inputs_are_parsed(struct kunit *test)
{
	static const char * const bad[] = {
		"", "-", "--cts", "CTS", "cts ", "+cts", "ct", "ctss", "rng", "dtr", "rts",
		"-none", "cts+dcd", "0",
	};
	static const struct {
		const char *text;
		int line;
		bool high;
	} good[] = {
		{ "cts", TIOCM_CTS, true }, { "-cts", TIOCM_CTS, false },
		{ "dsr", TIOCM_DSR, true }, { "-dsr", TIOCM_DSR, false },
		{ "ri", TIOCM_RNG, true }, { "-ri", TIOCM_RNG, false },
		{ "dcd", TIOCM_CAR, true }, { "-dcd", TIOCM_CAR, false },
		{ "none", 0, false },
	};
	struct contact_input input;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		input = (struct contact_input){ TIOCM_ST, true };
		KUNIT_EXPECT_EQ(test, contact_parse_input(good[i].text, &input), 0);
		KUNIT_EXPECT_EQ_MSG(test, input.line, good[i].line, "%s", good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, input.high, good[i].high, "%s", good[i].text);
	}
	input = (struct contact_input){ TIOCM_ST, true };
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, contact_parse_input(bad[i], &input), -EINVAL, "%s",
				    bad[i]);
	KUNIT_EXPECT_EQ(test, input.line, TIOCM_ST);
}

static void outputs_are_parsed(struct kunit *test)
{
	static const struct {
		const char *text;
		int power, kill;
	} rows[] = {
		{ "dtr", TIOCM_DTR, TIOCM_DTR }, { "rts", TIOCM_RTS, TIOCM_RTS },
		{ "dtr+rts", TIOCM_DTR | TIOCM_RTS, TIOCM_DTR | TIOCM_RTS }, { "low", 0, 0 },
		{ "break", -EINVAL, CONTACT_KILL_BREAK }, { "none", -EINVAL, CONTACT_KILL_NONE },
		{ "", -EINVAL, -EINVAL }, { "rts+dtr", -EINVAL, -EINVAL },
		{ "-dtr", -EINVAL, -EINVAL }, { "cts", -EINVAL, -EINVAL },
	};
	unsigned int i, kill;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (kill = 0; kill < 2; kill++) {
			int want = kill ? rows[i].kill : rows[i].power, got = 12345;
			int ret = contact_parse_outputs(rows[i].text, kill, &got);

			KUNIT_EXPECT_EQ_MSG(test, ret, want == -EINVAL ? -EINVAL : 0, "%s",
					    rows[i].text);
			KUNIT_EXPECT_EQ_MSG(test, got, want == -EINVAL ? 12345 : want, "%s",
					    rows[i].text);
		}
	}
}

/* With all inputs low, some UPSes would be on battery with a low battery. */
static void unplugged_cable_is_silent(struct kunit *test)
{
	const struct contact_cable *c;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(nut); i++) {
		bool low = nut[i].ol[0] != '-' && nut[i].lb[0] == '-';

		c = contact_cable_at(i);
		KUNIT_EXPECT_EQ_MSG(test, contact_is_silent(c, 0), low, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, contact_is_silent(c, CONTACT_OUTPUTS), low, "%s",
				    c->name);
		for (n = 1; n < INPUTS; n++)
			KUNIT_EXPECT_FALSE_MSG(test, contact_is_silent(c, inputs(n)),
					       "%s, inputs %x", c->name, n);
	}
}

static void dangerous_levels_are_found(struct kunit *test)
{
	static const struct {
		const char *name;
		bool opening, closing;
	} rows[] = {
		{ "upsonic-lan-saver", false, true }, { "apc-940-0095a", true, false },
		{ "apc-940-0020b", true, false }, { "rups", false, true },
		{ "cyberpower-power99", true, false }, { "nitram-500", false, false },
		{ "powerware-3115", false, false }, { "repotec-rpt", false, false },
		{ "apc-940-0023a", true, false }, { "mam", true, false },
		{ "fttx", false, false },
	};
	struct contact_cable cable;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct contact_cable *c = contact_find_cable(rows[i].name);

		KUNIT_ASSERT_NOT_NULL(test, c);
		KUNIT_EXPECT_EQ_MSG(test, contact_opening_kills(c), rows[i].opening, "%s",
				    c->name);
		KUNIT_EXPECT_EQ_MSG(test, contact_closing_kills(c), rows[i].closing, "%s",
				    c->name);
	}
	KUNIT_ASSERT_EQ(test, contact_from_mask(0x4f, &cable), 0);
	KUNIT_EXPECT_TRUE(test, contact_opening_kills(&cable));
	KUNIT_ASSERT_EQ(test, contact_from_mask(0x0f, &cable), 0);
	KUNIT_EXPECT_TRUE(test, contact_closing_kills(&cable));
}

/* Readings each 250 ms: '1' mains has failed, and what counts */
static void short_changes_do_not_count(struct kunit *test)
{
	static const struct {
		unsigned int ms;
		const char *read, *want;
	} rows[] = {
		{ 1000, "00000", "00000" },
		/* The first reading counts. */
		{ 1000, "11111", "11111" },
		{ 1000, "0111111", "0000011" },
		{ 1000, "011110111101", "000000000000" },
		{ 1000, "01010101010101010101", "00000000000000000000" },
		{ 1000, "01111100000", "00000111110" },
		{ 1000, "0111110111101111", "0000011111111111" },
		{ 250, "01111", "00111" },
		{ 300, "01111", "00011" },
		{ 0, "01010", "01010" },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct contact_debounce d = { .ms = rows[i].ms };

		for (j = 0; rows[i].read[j]; j++)
			KUNIT_EXPECT_EQ_MSG(test,
					    contact_debounce(&d, rows[i].read[j] == '1',
							     ms_to_ktime(1000000 + 250 * j)),
					    rows[i].want[j] == '1', "row %u, reading %u", i, j);
		/* After a loss of communication, the first reading counts again. */
		d.known = false;
		KUNIT_EXPECT_TRUE(test, contact_debounce(&d, true, ms_to_ktime(5000000)));
	}
}

/* Readings each @step ms from @from to @to; returns the last estimate. */
static int run(struct contact_estimate *e, bool failed, s64 from, s64 to, unsigned int step)
{
	int left = -1;

	for (; from <= to; from += step)
		left = contact_estimate(e, failed, ms_to_ktime(from), ms_to_ktime(from));
	return left;
}

static void estimate_follows_the_windows_service(struct kunit *test)
{
	struct contact_estimate e = { .full_s = 600, .ratio = 100 };

	/* Empty at boot, a minute for each 100 minutes, at most full */
	KUNIT_EXPECT_EQ(test, run(&e, false, 0, 0, 250), 0);
	KUNIT_EXPECT_EQ(test, run(&e, false, 250, 6000000 - 250, 250), 59);
	KUNIT_EXPECT_EQ(test, run(&e, false, 6000000, 6000000, 250), 60);
	KUNIT_EXPECT_EQ(test, run(&e, false, 6000250, 60000000, 1000), 599);
	KUNIT_EXPECT_EQ(test, run(&e, false, 60000250, 90000000, 1000), 600);
	KUNIT_EXPECT_EQ(test, e.left_ms, 600000LL);
	/* A second for each second on battery, down to nothing */
	KUNIT_EXPECT_EQ(test, run(&e, true, 90000000, 90480000, 1000), 120);
	KUNIT_EXPECT_EQ(test, run(&e, true, 90480250, 90481000, 250), 119);
	KUNIT_EXPECT_EQ(test, run(&e, true, 90481000, 99000000, 1000), 0);
	/* A failure of a second does not cost more than that. */
	e = (struct contact_estimate){ .full_s = 600, .ratio = 1 };
	run(&e, false, 0, 300000, 250);
	KUNIT_EXPECT_EQ(test, run(&e, true, 300000, 300000, 250), 300);
	KUNIT_EXPECT_EQ(test, run(&e, false, 301000, 301000, 250), 299);
}

static void estimate_while_nothing_is_read(struct kunit *test)
{
	struct contact_estimate e = { .full_s = 6000, .ratio = 1 };

	run(&e, false, 0, 1000000, 1000);
	/* Asleep on mains for an hour, then silent for a minute: neither counts. */
	KUNIT_EXPECT_EQ(test, contact_estimate(&e, false, ms_to_ktime(1001000),
					       ms_to_ktime(4601000)), 1001);
	KUNIT_EXPECT_EQ(test, contact_estimate(&e, false, ms_to_ktime(1061000),
					       ms_to_ktime(4661000)), 1001);
	/* Asleep on battery for ten minutes: it counts. */
	KUNIT_EXPECT_EQ(test, contact_estimate(&e, true, ms_to_ktime(1061000),
					       ms_to_ktime(4661000)), 1001);
	KUNIT_EXPECT_EQ(test, contact_estimate(&e, true, ms_to_ktime(1061250),
					       ms_to_ktime(5261000)), 401);
	/* The largest values do not overflow. */
	e = (struct contact_estimate){ .full_s = 43200, .ratio = 250 };
	KUNIT_EXPECT_EQ(test, run(&e, false, 0, 250LL * 43300 * 1000, 10000), 43200);
	KUNIT_EXPECT_EQ(test, contact_estimate(&e, true, 0, 0), 43200);
	KUNIT_EXPECT_EQ(test, contact_estimate(&e, true, 0, ms_to_ktime(S64_MAX / NSEC_PER_MSEC)),
			0);
}

/* Only lines that the cable uses matter, and no flags but those of these lines are set. */
static void random_lines(struct kunit *test)
{
	const u32 all = MAINS_LOW | UPS_FLAG_REPLACE | UPS_FLAG_BYPASS;
	unsigned int i;

	for (i = 0; i < 20000; i++) {
		u32 n = get_random_u32() % ARRAY_SIZE(nut);
		const struct contact_cable *c = contact_cable_at(n);
		int lines = get_random_u32(), used;
		struct contact_cable mask;

		used = c->fail.line | c->low.line | c->replace.line | c->bypass.line;
		KUNIT_ASSERT_EQ(test, contact_flags(c, lines), contact_flags(c, lines & used));
		KUNIT_ASSERT_EQ(test, contact_flags(c, lines) & ~all, 0U);
		if (contact_is_silent(c, lines))
			KUNIT_ASSERT_EQ(test, contact_flags(c, lines) & MAINS_LOW, MAINS_LOW);
		if (!contact_from_mask(get_random_u32() & 0xff, &mask))
			KUNIT_ASSERT_EQ(test, contact_flags(&mask, lines),
					contact_flags(&mask, lines & (TIOCM_CTS | TIOCM_CAR)));
	}
}

static struct kunit_case contact_cases[] = {
	KUNIT_CASE(table_agrees_with_nut),
	KUNIT_CASE(table_agrees_with_apcupsd),
	KUNIT_CASE(cables_are_sane),
	KUNIT_CASE(all_option_masks),
	KUNIT_CASE(inputs_are_parsed),
	KUNIT_CASE(outputs_are_parsed),
	KUNIT_CASE(unplugged_cable_is_silent),
	KUNIT_CASE(dangerous_levels_are_found),
	KUNIT_CASE(short_changes_do_not_count),
	KUNIT_CASE(estimate_follows_the_windows_service),
	KUNIT_CASE(estimate_while_nothing_is_read),
	KUNIT_CASE(random_lines),
	{ }
};

struct kunit_suite ups_contact_suite = {
	.name = "ups_contact",
	.test_cases = contact_cases,
};
