#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 parallel=1
#
# As test_install.sh, with sid's DKMS and kernel.
export DEBIAN=sid
exec "$(dirname "$0")/test_install.sh"
