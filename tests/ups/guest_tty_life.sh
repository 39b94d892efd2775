#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1000 acpi=none
#
# The life of a UPS at a port that firmware does not describe
# shellcheck disable=SC2034 # for guest-lib.sh
PORT=/dev/ttyS1
. /tests/guest_life.sh
