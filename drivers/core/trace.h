/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM psy_miniclass

#if !defined(__PSY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define __PSY_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "internal.h"

/* A refresh has succeeded or failed. */
TRACE_EVENT(psy_refresh,
	TP_PROTO(const struct psy_miniclass *mc, int ret, u64 transfers, s64 us),
	TP_ARGS(mc, ret, transfers, us),
	TP_STRUCT__entry(
		__array(char, name, PSY_NAME_LEN)
		__field(u32, tag)
		__field(int, ret)
		__field(u64, transfers)
		__field(s64, us)
	),
	TP_fast_assign(
		memcpy(__entry->name, mc->name, PSY_NAME_LEN);
		__entry->tag = mc->snap.tag;
		__entry->ret = ret;
		__entry->transfers = transfers;
		__entry->us = us;
	),
	TP_printk("%s tag=%u ret=%d transfers=%llu us=%lld", __entry->name, __entry->tag,
		  __entry->ret, __entry->transfers, __entry->us)
);

/* A transfer has failed; it may be retried. */
TRACE_EVENT(psy_error,
	TP_PROTO(const struct psy_miniclass *mc, int err),
	TP_ARGS(mc, err),
	TP_STRUCT__entry(
		__array(char, name, PSY_NAME_LEN)
		__field(int, err)
	),
	TP_fast_assign(
		memcpy(__entry->name, mc->name, PSY_NAME_LEN);
		__entry->err = err;
	),
	TP_printk("%s err=%d", __entry->name, __entry->err)
);

/* The pack in the slot has changed. */
TRACE_EVENT(psy_tag,
	TP_PROTO(const struct psy_miniclass *mc, u32 from, u32 to),
	TP_ARGS(mc, from, to),
	TP_STRUCT__entry(
		__array(char, name, PSY_NAME_LEN)
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		memcpy(__entry->name, mc->name, PSY_NAME_LEN);
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("%s from=%u to=%u", __entry->name, __entry->from, __entry->to)
);

/* An event is due for user space. */
TRACE_EVENT(psy_notify,
	TP_PROTO(const struct psy_miniclass *mc, const struct psy_event *ev),
	TP_ARGS(mc, ev),
	TP_STRUCT__entry(
		__array(char, name, PSY_NAME_LEN)
		__field(u32, tag)
		__field(u32, alerts)
		__field(int, status)
		__field(int, capacity)
		__field(int, level)
	),
	TP_fast_assign(
		memcpy(__entry->name, mc->name, PSY_NAME_LEN);
		__entry->tag = ev->tag;
		__entry->alerts = ev->alerts;
		__entry->status = ev->status;
		__entry->capacity = ev->capacity;
		__entry->level = ev->capacity_level;
	),
	TP_printk("%s tag=%u alerts=%#x status=%d capacity=%d level=%d", __entry->name,
		  __entry->tag, __entry->alerts, __entry->status, __entry->capacity,
		  __entry->level)
);

#endif /* __PSY_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
