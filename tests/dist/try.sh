#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds, tests and installs from a source archive alone, then builds it once more in another folder:
# both must install the same files, byte for byte.  ./dev dist calls it.
# Usage: try.sh ARCHIVE [ARGUMENTS of meson test…]
#   LIMN_GOLDEN_DIR   reference vectors; tests that need them are skipped without
set -eu
archive=$(readlink -f "$1")
shift
expected=$(dirname "$(readlink -f "$0")")/installed.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# a cache of compiled files would make any two builds equal
export CCACHE_DISABLE=1

# build FOLDER OPTIONS…: unpacks there, builds, installs into FOLDER/image
build() {
  folder=$1
  shift
  mkdir -p "$folder"
  tar -xf "$archive" -C "$folder" --strip-components=1
  meson setup "$folder/_build" "$folder" --prefix=/usr --libdir=lib --buildtype=release "$@"
  ninja -C "$folder/_build"
  DESTDIR=$folder/image meson install -C "$folder/_build" --no-rebuild --quiet
}

build "$work/one" -Dgolden_dir="${LIMN_GOLDEN_DIR:-/nonexistent}"
meson test -C "$work/one/_build" --no-rebuild --print-errorlogs --no-suite slow "$@"

# all that the desktop and the shells look for, and nothing else
(cd "$work/one/image" && find . -type f | LC_ALL=C sort) >"$work/installed"
{
  cat "$expected"
  sed -n 's|^[a-z].*|./usr/share/locale/&/LC_MESSAGES/limn.mo|p' "$work/one/po/LINGUAS"
} | LC_ALL=C sort >"$work/expected"
diff -u "$work/expected" "$work/installed"

build "$work/another place/below" -Dtests=false
diff -r "$work/one/image" "$work/another place/below/image"
if grep -rlF "$work" "$work/one/image"; then
  echo 'dist: these files have the path of the build folder in them' >&2
  exit 1
fi
echo "$archive builds, passes its tests, and builds the same files anywhere"
