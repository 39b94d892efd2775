// SPDX-License-Identifier: GPL-2.0-only
/* Counters and the raw snapshot, for debugging. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "internal.h"

static struct dentry *psy_debugfs_root;

static int stats_show(struct seq_file *s, void *unused)
{
	struct psy_miniclass *mc = s->private;
	const struct {
		const char *name;
		const u64 *count;
	} rows[] = {
		{ "refreshes", &mc->stats.refreshes },
		{ "failed_refreshes", &mc->stats.failed_refreshes },
		{ "transfers", &mc->stats.transfers },
		{ "retries", &mc->stats.retries },
		{ "err_nak", &mc->stats.err_nak },
		{ "err_timeout", &mc->stats.err_timeout },
		{ "err_pec", &mc->stats.err_pec },
		{ "err_other", &mc->stats.err_other },
		{ "garbage", &mc->stats.garbage },
		{ "insertions", &mc->stats.insertions },
		{ "removals", &mc->stats.removals },
		{ "events", &mc->stats.events },
		{ "notifies", &mc->stats.notifies },
		{ "suppressed", &mc->stats.suppressed },
		{ "contradictions", &mc->stats.contradictions },
		{ "arm_errors", &mc->stats.arm_errors },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		seq_printf(s, "%s %llu\n", rows[i].name, READ_ONCE(*rows[i].count));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/* Shows the current snapshot without a refresh. */
static int snapshot_show(struct seq_file *s, void *unused)
{
	struct psy_miniclass *mc = s->private;
	struct psy_snapshot snap;
	unsigned long flags;
	unsigned int f;

	spin_lock_irqsave(&mc->snap_lock, flags);
	snap = mc->snap;
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	seq_printf(s, "poll %s\narmed %#x\nalerts %#x\n",
		   delayed_work_pending(&mc->poll_work) ? "pending" : "none",
		   mc->armed_tag == snap.tag ? mc->armed.valid : 0,
		   psy_alerts(&mc->limits, &snap.status));
	seq_printf(s, "tag %u\nage_ms %lld\nlisted %#llx\nvalid %#llx\n", snap.tag,
		   ktime_ms_delta(ktime_get_boottime(), snap.taken), mc->listed,
		   snap.status.valid);
	for (f = 0; f < PSY_NR_FIELDS; f++)
		if (snap.status.valid & PSY_BIT(f))
			seq_printf(s, "field%u %d\n", f, snap.status.val[f]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(snapshot);

void psy_debugfs_add(struct psy_miniclass *mc)
{
	struct dentry *dir = debugfs_create_dir(mc->name, psy_debugfs_root);

	debugfs_create_file("stats", 0444, dir, mc, &stats_fops);
	debugfs_create_file("snapshot", 0444, dir, mc, &snapshot_fops);
}

void psy_debugfs_remove(struct psy_miniclass *mc)
{
	debugfs_lookup_and_remove(mc->name, psy_debugfs_root);
}

void psy_debugfs_init(void)
{
	psy_debugfs_root = debugfs_create_dir("psy-miniclass", NULL);
}

void psy_debugfs_exit(void)
{
	debugfs_remove(psy_debugfs_root);
}
