#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 parallel=1
#
# test_ups_life on arm64: a UPS described by a device tree, at a PCI serial port.
ARCH=arm64 exec "$(dirname "$0")/test_ups_life.sh"
