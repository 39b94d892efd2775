/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __UPS_KUNIT_H
#define __UPS_KUNIT_H

#include <kunit/test.h>

extern struct kunit_suite ups_megatec_suite;
extern struct kunit_suite ups_port_suite;
extern struct kunit_suite ups_state_suite;

#endif /* __UPS_KUNIT_H */
