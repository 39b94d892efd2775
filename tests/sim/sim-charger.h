/* SPDX-License-Identifier: GPL-2.0-only */
/* A charger: the supply sim-charger, whose properties can be written */
#ifndef __PSY_SIM_CHARGER_H
#define __PSY_SIM_CHARGER_H

int sim_charger_add(void);
void sim_charger_remove(void);

#endif /* __PSY_SIM_CHARGER_H */
