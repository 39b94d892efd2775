// SPDX-License-Identifier: GPL-2.0-only
/* Finds replies in the bytes received. Pure: does not access the port or a clock. */
#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/math.h>
#include <linux/module.h>
#include <linux/string.h>

#include "serial.h"

static void ups_framer_begin(struct ups_framer *f)
{
	f->marked = false;
	f->left = 0;
}

/**
 * ups_framer_arm() - start looking for a reply
 * @f: the framer
 * @mode: what may be received
 * @start: first byte of the reply; 0 for any line
 *
 * Bytes received before belong to an earlier query.
 */
void ups_framer_arm(struct ups_framer *f, enum ups_framer_mode mode, char start)
{
	if (!f->done)
		f->garbage += f->len;
	f->mode = mode;
	f->start = start;
	f->mark = '\0';
	f->len = 0;
	f->skip = false;
	f->done = false;
	ups_framer_begin(f);
}
EXPORT_SYMBOL_IF_KUNIT(ups_framer_arm);

/**
 * ups_framer_mark() - expect data in a binary reply
 * @f: the framer, which has just been armed
 * @mark: byte before the data, the first one of this value
 * @data: number of bytes, which may be the end of a line, too
 *
 * After @mark, up to the end of the line, no byte begins a new reply.
 */
void ups_framer_mark(struct ups_framer *f, char mark, u8 data)
{
	f->mark = mark;
	f->data = data;
}
EXPORT_SYMBOL_IF_KUNIT(ups_framer_mark);

static bool ups_framer_accepts(const struct ups_framer *f, u8 c)
{
	switch (f->mode) {
	case UPS_FRAMER_BINARY:
		return true;
	case UPS_FRAMER_RAW:
		return c;
	default:
		return c >= ' ' && c <= '~';
	}
}

static bool ups_framer_begins(const struct ups_framer *f, u8 c)
{
	if (!f->start)
		return !f->len && !f->skip && ups_framer_accepts(f, c);
	/* Elsewhere it may be filler: "#ACME POWER######". */
	return c == f->start && (!f->len || (c == f->restart && !f->marked));
}

/* An alert may come at any time, except that it cannot be recognised in a raw reply. */
static bool ups_framer_is_alert(struct ups_framer *f, u8 c)
{
	const char *alert;

	if (!f->alerts || !c ||
	    ((f->mode == UPS_FRAMER_RAW || f->mode == UPS_FRAMER_BINARY) && !f->done))
		return false;
	alert = strchr(f->alerts, c);
	if (!alert)
		return false;
	f->alerted |= BIT(alert - f->alerts);
	return true;
}

static void ups_framer_complete(struct ups_framer *f)
{
	f->buf[f->len] = '\0';
	f->done = true;
}

/* Data, whatever its value is: the end of a reply is in a later byte. */
static bool ups_framer_is_data(struct ups_framer *f, u8 c)
{
	if (!f->left || f->len == UPS_REPLY_LEN)
		return false;
	f->left--;
	f->buf[f->len++] = c;
	return true;
}

static void ups_framer_byte(struct ups_framer *f, u8 c)
{
	if (ups_framer_is_data(f, c))
		return;
	if (f->ack && c == f->ack && f->mode == UPS_FRAMER_ANSWER && !f->done && !f->len &&
	    !f->skip) {
		f->buf[f->len++] = c;
		ups_framer_complete(f);
		return;
	}
	if ((f->ignore && c == f->ignore) || ups_framer_is_alert(f, c))
		return;
	if (f->done) {
		f->garbage++;
		return;
	}
	if (c == f->end) {
		if (!f->skip && f->len) {
			ups_framer_complete(f);
			return;
		}
		f->skip = false;
		f->len = 0;
		ups_framer_begin(f);
		return;
	}
	if (ups_framer_begins(f, c)) {
		/* The bytes before it are the rest of a different reply. */
		f->garbage += f->len;
		f->len = 0;
		f->skip = false;
	} else if (f->skip || !f->len || !ups_framer_accepts(f, c) || f->len == UPS_REPLY_LEN) {
		f->garbage += f->len + 1;
		f->len = 0;
		f->skip = true;
		ups_framer_begin(f);
		return;
	}
	f->buf[f->len++] = c;
	if (f->mark && c == f->mark && !f->marked) {
		f->marked = true;
		f->left = f->data;
	}
}

/**
 * ups_wire_ms() - time that a long reply takes on the wire
 * @speed: baud
 *
 * 64 bytes of 10 bits: the replies to regular queries are shorter.
 *
 * Return: milliseconds.
 */
unsigned int ups_wire_ms(unsigned int speed)
{
	return DIV_ROUND_UP(64 * 10 * 1000, speed);
}
EXPORT_SYMBOL_IF_KUNIT(ups_wire_ms);

/**
 * ups_framer_push() - process bytes from the port
 * @f: the framer
 * @data: the bytes
 * @len: their number
 *
 * A reply begins with its start byte and contains what the mode allows; otherwise the
 * complete line is garbage. An endless stream is dropped as it is
 * received.
 *
 * Context: any; the caller serialises.
 */
void ups_framer_push(struct ups_framer *f, const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		ups_framer_byte(f, data[i]);
}
EXPORT_SYMBOL_IF_KUNIT(ups_framer_push);
