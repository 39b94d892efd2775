// SPDX-License-Identifier: GPL-2.0-only
/*
 * Protocols whose commands are characters: alerts, and a fake port that records what is
 * written to it, and when
 */
#include <kunit/test.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "../serial.h"
#include "../ups.h"
#include "ups_kunit.h"

#define ALERTS		"!$%*"
#define CHAR_MS		60
#define PEEK_MS		150

static void push(struct ups_framer *f, const char *text)
{
	ups_framer_push(f, (const u8 *)text, strlen(text));
}

static struct ups_framer new_framer(enum ups_framer_mode mode)
{
	struct ups_framer f = {
		.end = '\n', .ignore = '\r', .ack = '*', .alerts = ALERTS,
	};

	ups_framer_arm(&f, mode, '\0');
	return f;
}

/* Wherever an alert is, the reply is the same. */
static void alerts_do_not_affect_a_reply(struct kunit *test)
{
	static const char reply[] = "099.0\r\n";
	struct ups_framer f;
	char text[16];
	size_t at;

	for (at = 0; at < sizeof(reply); at++) {
		snprintf(text, sizeof(text), "%.*s%c%s", (int)at, reply, '$', reply + at);
		f = new_framer(UPS_FRAMER_TEXT);
		push(&f, text);
		KUNIT_ASSERT_TRUE_MSG(test, f.done, "at %zu", at);
		KUNIT_EXPECT_STREQ_MSG(test, f.buf, "099.0", "at %zu", at);
		KUNIT_EXPECT_EQ_MSG(test, f.alerted, (u32)BIT(1), "at %zu", at);
		KUNIT_EXPECT_EQ(test, f.garbage, 0ULL);
	}
	/* Also without a reply, in garbage, and several */
	f = new_framer(UPS_FRAMER_TEXT);
	push(&f, "\x01\x02!zz%\r\n");
	KUNIT_EXPECT_FALSE(test, f.done);
	KUNIT_EXPECT_EQ(test, f.alerted, (u32)(BIT(0) | BIT(2)));
	KUNIT_EXPECT_EQ(test, f.garbage, 4ULL);
}

static void alerts_in_a_raw_reply_are_data(struct kunit *test)
{
	struct ups_framer f = new_framer(UPS_FRAMER_RAW);

	push(&f, "3.!$%*.\x01\x7f@Q\r\n");
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, "3.!$%*.\x01\x7f@Q");
	KUNIT_EXPECT_EQ(test, f.alerted, 0U);
	/* Later ones are alerts again. */
	push(&f, "!");
	KUNIT_EXPECT_EQ(test, f.alerted, (u32)BIT(0));
	KUNIT_EXPECT_EQ(test, f.garbage, 0ULL);
}

static void raw_replies_stay_in_bounds(struct kunit *test)
{
	struct ups_framer f = new_framer(UPS_FRAMER_RAW);
	unsigned int i;

	for (i = 0; i < 1000; i++)
		push(&f, "\xff!");
	KUNIT_EXPECT_FALSE(test, f.done);
	push(&f, "\n3.!.Q\n");
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, "3.!.Q");
	KUNIT_EXPECT_EQ(test, f.garbage, 2000ULL);
	/* A NUL would end the text early. */
	f = new_framer(UPS_FRAMER_RAW);
	ups_framer_push(&f, (const u8 *)"3.\0.Q\n", 6);
	KUNIT_EXPECT_FALSE(test, f.done);
}

static void binary_replies_may_contain_any_byte(struct kunit *test)
{
	static const u8 reply[] = "3.\0\xff!\x01";
	struct ups_framer f = new_framer(UPS_FRAMER_BINARY);

	ups_framer_push(&f, reply, sizeof(reply) - 1);
	KUNIT_EXPECT_FALSE(test, f.done);
	push(&f, "\n");
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_ASSERT_EQ(test, f.len, sizeof(reply) - 1);
	KUNIT_EXPECT_EQ(test, memcmp(f.buf, reply, sizeof(reply) - 1), 0);
	KUNIT_EXPECT_EQ(test, f.alerted, 0U);
	KUNIT_EXPECT_EQ(test, f.garbage, 0ULL);
}

static void one_byte_may_be_an_answer(struct kunit *test)
{
	struct ups_framer f = new_framer(UPS_FRAMER_ANSWER);

	push(&f, "*");
	KUNIT_EXPECT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, "*");
	KUNIT_EXPECT_EQ(test, f.alerted, 0U);
	/* The next one is an alert, and one in a reply always is. */
	push(&f, "*");
	KUNIT_EXPECT_EQ(test, f.alerted, (u32)BIT(3));
	f = new_framer(UPS_FRAMER_ANSWER);
	push(&f, "O*K\r\n");
	KUNIT_EXPECT_STREQ(test, f.buf, "OK");
	KUNIT_EXPECT_EQ(test, f.alerted, (u32)BIT(3));
	f = new_framer(UPS_FRAMER_TEXT);
	push(&f, "*");
	KUNIT_EXPECT_FALSE(test, f.done);
}

/**
 * struct chars - a UPS at a fake port, which replies within the write call
 * @port: the port
 * @dev: its device
 * @group: devres group of the instance
 * @written: all that was written, without polls
 * @at: jiffies when each was written
 * @state: reply to Q
 * @polls: number of Q
 * @answer: answer to each other character that is not an argument; NULL for none
 * @fails_in: writing fails after this number of characters, if it is not negative
 * @lines: answers to the next line ends; NULL for none
 */
struct chars {
	struct ups_port port;
	struct device *dev;
	void *group;
	char written[32];
	unsigned long at[32];
	const char *state;
	unsigned int polls;
	const char *answer;
	int fails_in;
	const char *lines[4];
};

static struct chars *chars_of(struct ups_port *port)
{
	return container_of(port, struct chars, port);
}

static int chars_open(struct ups_port *port)
{
	return 0;
}

static void chars_close(struct ups_port *port)
{
}

static int chars_set_lines(struct ups_port *port, bool dtr, bool rts)
{
	return 0;
}

static int chars_set_speed(struct ups_port *port, unsigned int speed)
{
	return speed;
}

static void chars_reply(struct chars *c, const char *text)
{
	ups_serial_receive(&c->port, (const u8 *)text, strlen(text));
}

static int chars_write(struct ups_port *port, const u8 *data, size_t len, unsigned long timeout)
{
	struct chars *c = chars_of(port);
	size_t n = strlen(c->written);

	/* One at a time: a line would be a different protocol. */
	if (len != 1)
		return -EPROTO;
	if (!c->fails_in)
		return -EIO;
	if (c->fails_in > 0)
		c->fails_in--;
	if (*data == 'Q') {
		WRITE_ONCE(c->polls, c->polls + 1);
		chars_reply(c, c->state);
		return 1;
	}
	if (n + 1 < sizeof(c->written)) {
		c->at[n] = jiffies;
		c->written[n] = *data;
	}
	if (c->answer && !isdigit(*data))
		chars_reply(c, c->answer);
	if (*data == '\r' && c->lines[0]) {
		chars_reply(c, c->lines[0]);
		memmove(c->lines, c->lines + 1, sizeof(c->lines) - sizeof(c->lines[0]));
	}
	return 1;
}

static void chars_drain(struct ups_port *port, unsigned long timeout)
{
}

static void chars_flush(struct ups_port *port)
{
}

static const struct ups_port_ops chars_ops = {
	.open = chars_open,
	.close = chars_close,
	.set_lines = chars_set_lines,
	.set_speed = chars_set_speed,
	.write = chars_write,
	.drain = chars_drain,
	.flush = chars_flush,
};

static int chars_identify(struct ups *ups, struct ups_ident *ident)
{
	return 0;
}

static int chars_get_status(struct ups *ups, struct ups_status *status)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret = ups_serial_query(ups, "Q", '\0', reply);

	if (ret < 0)
		return ret;
	status->flags = strcmp(reply, "08") ? UPS_FLAG_MAINS_FAILED : 0;
	return 0;
}

static int chars_verdict(const char *command, const char *reply)
{
	if (!strcmp(reply, "OK") || !strcmp(reply, "*"))
		return 0;
	return strcmp(reply, "NA") ? 1 : -EOPNOTSUPP;
}

static const struct ups_ops chars_ups_ops = {
	.identify = chars_identify,
	.get_status = chars_get_status,
};

/* Polls by itself are an hour apart: what is seen is caused by the test. */
static const struct ups_serial_desc chars_desc = {
	.ups = { .ops = &chars_ups_ops, .poll_ms = 3600 * 1000 },
	.verdict = chars_verdict, .speed = 2400, .end = '\n', .ignore = '\r',
	.char_ms = CHAR_MS, .peek_ms = PEEK_MS, .answers = true, .ack = '*', .alerts = ALERTS,
	.reply_ms = 300,
};

static bool chars_reaches(struct ups *ups, enum ups_state state)
{
	unsigned int i;

	for (i = 0; i < 2000 && ups_get_state(ups) != state; i++)
		msleep(20);
	return ups_get_state(ups) == state;
}

/* Lines, of which each character takes its time */
static const struct ups_serial_desc paced_desc = {
	.ups = { .ops = &chars_ups_ops, .poll_ms = 3600 * 1000 },
	.verdict = chars_verdict, .speed = 2400, .end = '\r', .ignore = '\n',
	.pace_ms = CHAR_MS, .reply_ms = 300,
};

static const struct ups_serial_desc spoil_desc = {
	.ups = { .ops = &chars_ups_ops, .poll_ms = 3600 * 1000 },
	.verdict = chars_verdict, .speed = 2400, .end = '\r', .ignore = '\n',
	.pace_ms = CHAR_MS, .spoil = "?", .answers = true, .reply_ms = 300,
};

static struct ups *chars_plug(struct kunit *test, const struct ups_serial_desc *desc)
{
	struct ups_serial_config config = { };
	struct chars *c = test->priv;
	struct ups *ups;

	c->group = devres_open_group(c->dev, NULL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->group);
	ups = devm_ups_serial_register(&c->port, desc, &config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ups));
	KUNIT_EXPECT_TRUE(test, chars_reaches(ups, UPS_ONLINE));
	return ups;
}

static void chars_unplug(struct chars *c)
{
	if (c->group)
		devres_release_group(c->dev, c->group);
	c->group = NULL;
}

static int chars_command(struct chars *c, struct ups *ups, const char *command)
{
	int ret;

	memset(c->written, 0, sizeof(c->written));
	mutex_lock(&ups->ops_lock);
	ret = ups_serial_command(ups, command);
	mutex_unlock(&ups->ops_lock);
	return ret;
}

static void arguments_are_sent_one_by_one(struct kunit *test)
{
	struct chars *c = test->priv;
	struct ups *ups = chars_plug(test, &chars_desc);

	/* Nothing answers: what is sent is complete, but it has failed. */
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "@012"), -ETIMEDOUT);
	KUNIT_EXPECT_STREQ(test, c->written, "@012");
	KUNIT_EXPECT_GE(test, c->at[1] - c->at[0], msecs_to_jiffies(PEEK_MS));
	KUNIT_EXPECT_GE(test, c->at[2] - c->at[1], msecs_to_jiffies(CHAR_MS));
	KUNIT_EXPECT_GE(test, c->at[3] - c->at[2], msecs_to_jiffies(CHAR_MS));
}

static void paced_line_is_sent_one_by_one(struct kunit *test)
{
	struct chars *c = test->priv;
	struct ups *ups = chars_plug(test, &paced_desc);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "Z01"), 0);
	KUNIT_EXPECT_STREQ(test, c->written, "Z01\r");
	for (i = 1; i < 4; i++)
		KUNIT_EXPECT_GE(test, c->at[i] - c->at[i - 1], msecs_to_jiffies(CHAR_MS));
}

/*
 * Nothing is appended to the beginning of a command that could not be sent completely, and
 * what the UPS says to that is not the answer to the next command.
 */
static void partial_line_is_ended_before_the_next(struct kunit *test)
{
	struct chars *c = test->priv;
	struct ups *ups = chars_plug(test, &spoil_desc);
	char reply[UPS_REPLY_LEN + 1];
	int sent;

	for (sent = 0; sent < 4; sent++) {
		c->fails_in = sent;
		KUNIT_EXPECT_EQ(test, chars_command(c, ups, "Z01"), -EIO);
		KUNIT_EXPECT_EQ(test, strlen(c->written), (size_t)sent);
		c->fails_in = -1;
		c->lines[0] = sent ? "NA\r" : "OK\r";
		c->lines[1] = sent ? "OK\r" : NULL;
		KUNIT_EXPECT_EQ_MSG(test, chars_command(c, ups, "T"), 0, "%d", sent);
		KUNIT_EXPECT_STREQ_MSG(test, c->written, sent ? "?\rT\r" : "T\r", "%d", sent);
		/* Once */
		c->lines[0] = "OK\r";
		KUNIT_EXPECT_EQ(test, chars_command(c, ups, "T"), 0);
		KUNIT_EXPECT_STREQ(test, c->written, "T\r");
	}

	/* The port stays unplugged, or goes again in between. */
	c->fails_in = 1;
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "S01R0001"), -EIO);
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "T"), -EIO);
	KUNIT_EXPECT_STREQ(test, c->written, "");
	c->fails_in = 1;
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "T"), -EIO);
	KUNIT_EXPECT_STREQ(test, c->written, "?");
	c->fails_in = -1;
	/* A query. That Q is not recorded. */
	memset(c->written, 0, sizeof(c->written));
	mutex_lock(&ups->ops_lock);
	KUNIT_EXPECT_EQ(test, ups_serial_query(ups, "Q", '\0', reply), 2);
	mutex_unlock(&ups->ops_lock);
	KUNIT_EXPECT_STREQ(test, c->written, "?\r\r");
	chars_unplug(c);

	/* A protocol in which the line end is enough */
	ups = chars_plug(test, &paced_desc);
	c->fails_in = 2;
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "Z01"), -EIO);
	c->fails_in = -1;
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "T"), 0);
	KUNIT_EXPECT_STREQ(test, c->written, "\rT\r");
}

static void arguments_of_a_refused_command_are_not_sent(struct kunit *test)
{
	struct chars *c = test->priv;
	struct ups *ups = chars_plug(test, &chars_desc);

	c->answer = "NA\r\n";
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "@012"), -EOPNOTSUPP);
	KUNIT_EXPECT_STREQ(test, c->written, "@");
	/* An answer that comes too early is not understood. */
	c->answer = "zz\r\n";
	KUNIT_EXPECT_EQ(test, chars_command(c, ups, "@012"), -EIO);
	KUNIT_EXPECT_STREQ(test, c->written, "@");
}

static void answers_are_required(struct kunit *test)
{
	static const struct {
		const char *answer;
		int ret;
	} cases[] = {
		{ "OK\r\n", 0 }, { "*", 0 }, { "!O%K\r\n", 0 },
		{ "NA\r\n", -EOPNOTSUPP }, { "zz\r\n", -ETIMEDOUT }, { NULL, -ETIMEDOUT },
	};
	struct chars *c = test->priv;
	struct ups *ups = chars_plug(test, &chars_desc);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		c->answer = cases[i].answer;
		KUNIT_EXPECT_EQ_MSG(test, chars_command(c, ups, "W"), cases[i].ret, "case %u", i);
		KUNIT_EXPECT_STREQ(test, c->written, "W");
		/* It may still come, and must not be taken for a reply. */
		KUNIT_EXPECT_EQ_MSG(test, c->port.reply_pending, cases[i].ret == -ETIMEDOUT,
				    "case %u", i);
	}
}

/* Late replies are dropped before the next query, which waits for them. */
static void late_replies_are_waited_for(struct kunit *test)
{
	struct chars *c = test->priv;
	struct ups *ups = chars_plug(test, &chars_desc);
	char reply[UPS_REPLY_LEN + 1];
	unsigned long from;

	mutex_lock(&ups->ops_lock);
	ups_serial_resync(ups);
	chars_reply(c, "099.0\r\n");
	from = jiffies;
	KUNIT_EXPECT_EQ(test, ups_serial_query(ups, "Q", '\0', reply), 2);
	KUNIT_EXPECT_STREQ(test, reply, "08");
	KUNIT_EXPECT_GE(test, jiffies - from, msecs_to_jiffies(300));
	KUNIT_EXPECT_FALSE(test, c->port.reply_pending);
	mutex_unlock(&ups->ops_lock);
}

static void alert_causes_a_poll(struct kunit *test)
{
	struct chars *c = test->priv;
	struct ups *ups = chars_plug(test, &chars_desc);
	unsigned int polls = READ_ONCE(c->polls);
	u32 alerts;

	c->state = "10\r\n";
	msleep(300);
	KUNIT_EXPECT_EQ(test, READ_ONCE(c->polls), polls);
	KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_ONLINE);
	chars_reply(c, "!");
	KUNIT_EXPECT_TRUE(test, chars_reaches(ups, UPS_ON_BATTERY));
	c->state = "08\r\n";
	chars_reply(c, "$");
	KUNIT_EXPECT_TRUE(test, chars_reaches(ups, UPS_ONLINE));
	mutex_lock(&ups->ops_lock);
	alerts = ups_serial_alerts(ups);
	KUNIT_EXPECT_EQ(test, ups_serial_alerts(ups), 0U);
	mutex_unlock(&ups->ops_lock);
	KUNIT_EXPECT_EQ(test, alerts, (u32)(BIT(0) | BIT(1)));
}

/* Alerts while the instance is removed, and after it has gone (see KASAN) */
static void alerts_after_removal_are_ignored(struct kunit *test)
{
	struct chars *c = test->priv;
	unsigned int polls;

	chars_plug(test, &chars_desc);
	chars_unplug(c);
	polls = READ_ONCE(c->polls);
	chars_reply(c, "!!!");
	msleep(100);
	KUNIT_EXPECT_EQ(test, READ_ONCE(c->polls), polls);
}

static int chars_init(struct kunit *test)
{
	struct chars *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->state = "08\r\n";
	c->fails_in = -1;
	c->dev = root_device_register("ups-chars-kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, c->dev);
	c->port.ops = &chars_ops;
	c->port.dev = c->dev;
	test->priv = c;
	return 0;
}

static void chars_exit(struct kunit *test)
{
	struct chars *c = test->priv;

	chars_unplug(c);
	root_device_unregister(c->dev);
}

static struct kunit_case chars_cases[] = {
	KUNIT_CASE(alerts_do_not_affect_a_reply),
	KUNIT_CASE(alerts_in_a_raw_reply_are_data),
	KUNIT_CASE(raw_replies_stay_in_bounds),
	KUNIT_CASE(binary_replies_may_contain_any_byte),
	KUNIT_CASE(one_byte_may_be_an_answer),
	KUNIT_CASE(arguments_are_sent_one_by_one),
	KUNIT_CASE(paced_line_is_sent_one_by_one),
	KUNIT_CASE_SLOW(partial_line_is_ended_before_the_next),
	KUNIT_CASE(arguments_of_a_refused_command_are_not_sent),
	KUNIT_CASE_SLOW(answers_are_required),
	KUNIT_CASE(late_replies_are_waited_for),
	KUNIT_CASE(alert_causes_a_poll),
	KUNIT_CASE(alerts_after_removal_are_ignored),
	{ }
};

struct kunit_suite ups_chars_suite = {
	.name = "ups_chars",
	.init = chars_init,
	.exit = chars_exit,
	.test_cases = chars_cases,
};
