/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __PSY_SBS_KUNIT_H
#define __PSY_SBS_KUNIT_H

extern struct kunit_suite sbs_bus_suite;

#endif /* __PSY_SBS_KUNIT_H */
