# SPDX-License-Identifier: GPL-2.0-only
#
# The user's entry point. The kernel's build system does not read this file:
# it prefers Kbuild. V=, W=, C=, LLVM=, CC=, ARCH= and CROSS_COMPILE= given on
# the command line reach it as they are.

# A kernel build tree. Empty: that of the running kernel, else the newest one
# installed, else the distribution's headers package is installed.
KDIR ?=

in_kdir = kdir=$$(dist/kdir "$(KDIR)") && \
	$(MAKE) --no-print-directory -C "$$kdir" M="$(CURDIR)"

.NOTPARALLEL:
.PHONY: modules modules_install clean help demo test vm-run checkpatch sparse \
	lint kunit bench dkms-install dt_binding_check

modules: ## build the modules (KDIR=build tree of the kernel)
	+@$(in_kdir) modules

modules_install: ## install the built modules (INSTALL_MOD_PATH=)
	+@$(in_kdir) modules_install

clean: ## remove what a build left in this tree (tests/logs stays)
	+@$(in_kdir) clean

dkms-install: ## build and install by DKMS, again for every new kernel
	@dist/dkms-install

demo: ## show the drivers at work in a virtual machine
	@tests/vm/demo

test: ## run all tests, or those that match (TESTS=pattern)
	@tests/run

.PHONY: test-fresh
test-fresh: ## the demo and all tests in a new minimal system
	@tests/fresh

vm-run: ## run SCRIPT=file in a virtual machine (KVER=6.1|6.12|newest)
	@tests/vm/vm-run

kunit: ## run the KUnit suites
	@tests/kunit/run.sh

lint: ## run all static checks, or those that match (TESTS=pattern)
	@tests/run lint

checkpatch: ## check the coding style
	@tests/lint/checkpatch.sh

dt_binding_check: ## check the device-tree bindings
	@tests/lint/bindings.sh

sparse: ## check types and annotations with sparse
	@tests/lint/sparse.sh

bench: ## measure the drivers in a virtual machine
	@tests/bench/run

help: ## list the targets
	@sed -n 's/^\([a-z_-]*\): *## \(.*\)/\1@\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F@ '{ printf "  %-16s %s\n", $$1, $$2 }'
