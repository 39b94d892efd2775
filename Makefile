# SPDX-License-Identifier: GPL-2.0-only
#
# The user's entry point. The kernel's build system reads Kbuild instead of this file;
# V=, W=, C=, LLVM=, CC=, ARCH= and CROSS_COMPILE= on the command line are passed on to
# it unchanged.

# A kernel build tree. If empty: that of the running kernel, or else the newest one
# installed. If there is none, "make modules" as root installs the headers.
KDIR ?=

in_kdir = $(MAKE) --no-print-directory -C "$$kdir" M="$(CURDIR)"

# The kernel's build system splits paths at spaces and colons.
check_path = case "$(CURDIR)" in *[[:space:]:]*) \
	echo "the kernel cannot build below a path with a space or a colon: $(CURDIR)" >&2; \
	exit 1 ;; esac

.NOTPARALLEL:
.PHONY: modules modules_install clean help demo test vm-run checkpatch sparse \
	lint kunit bench dkms-install dkms-remove dt_binding_check

modules: ## build the modules (KDIR=build tree of the kernel)
	+@$(check_path); kdir=$$(dist/kdir --install "$(KDIR)") && $(in_kdir) modules

modules_install: ## install the built modules (KDIR=, INSTALL_MOD_PATH=)
	+@$(check_path); \
	[ -e modules.order ] || { echo 'nothing is built yet: run "make" first' >&2; exit 1; }; \
	kdir=$$(dist/kdir "$(KDIR)") && $(in_kdir) modules_install

clean: ## remove all build results in this tree, but not tests/logs
	@find . \( -path ./.git -o -path ./tests/logs \) -prune -o -type f \( -name '*.[ao]' \
		-o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' -o -name '*.o.d' \
		-o -name '.*.cmd' -o -name .module-common.c -o -name modules.order \
		-o -name Module.symvers \) -exec rm -f {} +
	@rm -rf .tmp_versions

dkms-install: ## build and install with DKMS, also for each later kernel
	@dist/dkms-install

dkms-remove: ## remove what dkms-install has installed
	@dist/dkms-remove

demo: ## demonstrate the drivers in a virtual machine (PORT=firmware|tty|usb UPS=megatec|voltronic|apcsmart|cyberpower|contact|hid)
	@tests/vm/demo

test: ## run the tests, or those that match (TESTS=pattern); ALL=1: on more targets
	@tests/run

.PHONY: test-fresh
test-fresh: ## run the demo and all tests in a new minimal system
	@tests/fresh

.PHONY: test-install
test-install: ## test the commands of README and guides in new minimal systems (long)
	@tests/run dist

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

.PHONY: gauge-table
gauge-table: ## update the table of fuel gauges in README.md
	@tests/bench/gauges --update

help: ## list the targets
	@sed -n 's/^\([a-z_-]*\): *## \(.*\)/\1@\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F@ '{ printf "  %-16s %s\n", $$1, $$2 }'
