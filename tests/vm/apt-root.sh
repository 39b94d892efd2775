#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# apt-root.sh [-a ARCH] SUITE...: a private apt root for these Debian suites.
# Prints the path of an apt configuration to be used as
#	APT_CONFIG=$(apt-root.sh bookworm-backports) apt-get download PACKAGE
# Lists, state and cache are its own: the machine's apt never sees the suites.
# apt-root.sh --mirror [SUITE] prints the mirror's URI, --keyring its keyring.
#
# The mirror, component and keyring are those of the machine's own apt.
set -eu
export me=apt-root
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2016 # apt-get expands these
list_targets() {
	apt-get indextargets \
		--format '$(CODENAME) $(ORIGIN) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk '$2 == "Debian" { print $1, $3, $4 }' | sort -u
}

codename() {
	. /etc/os-release
	echo "${VERSION_CODENAME:-bookworm}"
}

# mirror_of SUITE: where the machine gets this suite from, else its base suite
mirror_of() {
	for s in "$1" "$(codename)"; do
		uri=$(echo "$targets" | awk -v s="$s" \
			'$1 == s && $2 == "main" { print $3; exit }')
		[ -n "$uri" ] && break
	done
	[ -n "$uri" ] || die 125 "no Debian archive in this machine's apt sources"
	echo "${uri%/}"
}

# keys_of URI: the Signed-By value of the entry with this URI (may be lines)
keys_of() {
	for f in /etc/apt/sources.list.d/*.sources; do
		[ -e "$f" ] || continue
		sed '/^#/d' "$f" | awk -v RS= -v uri="$1" '
		{
			n = split($0, l, "\n"); found = 0; keys = ""; in_keys = 0
			for (i = 1; i <= n; i++) {
				if (l[i] ~ /^[A-Za-z]/)
					in_keys = tolower(l[i]) ~ /^signed-by:/
				if (in_keys)
					keys = keys l[i] "\n"
				m = split(l[i], w, /[ \t]+/)
				if (tolower(w[1]) == "uris:")
					for (j = 2; j <= m; j++) {
						sub(/\/$/, "", w[j])
						if (w[j] == uri)
							found = 1
					}
			}
			if (found && keys != "") {
				sub(/^[^:]*:[ \t]*/, "", keys)
				printf "%s", keys
				exit
			}
		}' | grep . && return 0
	done
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -e "$f" ] || continue
		sed -n "s|^deb \\[.*signed-by=\\([^] ]*\\).*\\] *$1/\\{0,1\\} .*|\\1|p" \
			"$f" | head -n 1 | grep . && return 0
	done
	return 0
}

write_sources() {
	for s in "$@"; do
		uri=$(mirror_of "$s")
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' \
			"$uri" "$s"
		keys=$(keys_of "$uri")
		[ -z "$keys" ] || printf 'Signed-By: %s\n' "$keys"
		echo
	done
}

write_conf() {
	# A mirror may be a snapshot whose lists have expired; that they are
	# signed is checked all the same, and nothing here gets installed.
	cat <<-END
	Acquire::Check-Valid-Until "false";
	Dir::State "$root/state";
	Dir::State::status "$root/status";
	Dir::Cache "$root/cache";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$root/sources";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "$root/preferences";
	APT::Architecture "$arch";
	APT::Architectures { "$arch"; };
	APT::Sandbox::User "root";
	APT::Get::List-Cleanup "true";
	Acquire::Languages "none";
	Acquire::Retries "3";
	END
}

# replace FILE: by $root/new, if that is different. Others may be reading it, and apt
# makes its caches again when the sources are newer.
replace() {
	cmp -s "$root/new" "$1" || mv "$root/new" "$1"
}

make_root() {
	mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial" \
		"$root/sources" "$root/preferences"
	: >>"$root/status"
	write_conf >"$root/new"
	replace "$root/apt.conf"
	write_sources "$@" >"$root/new"
	replace "$root/sources/debian.sources"
	younger_than "$root/updated" 1440 && return 0
	# Error-Mode=any: apt-get update calls a failed download a warning.
	APT_CONFIG=$root/apt.conf apt-get -q update \
		-o APT::Update::Error-Mode=any \
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
		>"$root/update.log" 2>&1 || {
		cat "$root/update.log" >&2
		[ -e "$root/updated" ] || die 125 "cannot read the archive ($*)"
		say "archive not reachable; using the lists of $(date -r "$root/updated" +%F)"
	}
	touch "$root/updated"
}

targets=$(list_targets)
if [ -z "$targets" ]; then
	say "the machine's package lists are empty: apt-get update"
	apt-get -q update >&2 || die 125 "apt-get update failed"
	targets=$(list_targets)
fi

case ${1:-} in
--mirror)
	mirror_of "${2:-$(codename)}"
	exit ;;
--keyring)
	keys_of "$(mirror_of "${2:-$(codename)}")" | grep '^/' || :
	exit ;;
--suites)
	# The released suites the machine itself uses (base, updates, security).
	echo "$targets" | awk -v c="$(codename)" \
		'$1 == c || $1 == c "-security" || $1 == c "-updates" { print $1 }' |
		sort -u
	exit ;;
esac

arch=$(dpkg --print-architecture)
if [ "${1:-}" = -a ]; then
	arch=$2
	shift 2
fi
[ $# -gt 0 ] || die 2 "usage: apt-root.sh [-a ARCH] SUITE..."
root=$CACHE/apt/$arch-$(echo "$*" | tr ' ' +)
locked "apt-$(basename "$root")" make_root "$@"
echo "$root/apt.conf"
