#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The desktop can read what Limn tells it.  Usage: metadata.sh SOURCE_ROOT BUILD_ROOT
set -u
data=$1/data
built=$2/data
id=io.github.limn_app.Limn
status=0
n_checked=0

check() {
  command -v "$1" >/dev/null || { echo "$1 is not installed" >&2; return; }
  n_checked=$((n_checked + 1))
  "$@" || { echo "failed: $*" >&2; status=1; }
}

check desktop-file-validate "$built/$id.desktop"
check appstreamcli validate --no-net --pedantic "$built/$id.metainfo.xml"
check glib-compile-schemas --strict --dry-run "$data"
check man --warnings -l "$data/limn.1" >/dev/null
for icon in "$data"/icons/*.svg; do
  check rsvg-convert -w 64 "$icon" >/dev/null
done

# one version everywhere
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$1/meson.build" | head -1)
grep -q "<release version=\"$version\"" "$data/$id.metainfo.xml.in" ||
  { echo "the metainfo has no release $version" >&2; status=1; }
grep -q "^## $version" "$1/CHANGELOG.md" || { echo "CHANGELOG.md has no section $version" >&2; status=1; }

[ "$n_checked" -gt 0 ] || exit 77
exit $status
