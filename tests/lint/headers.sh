#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every header compiles alone, but for those in not-alone.txt.  Usage: headers.sh SOURCE_ROOT BUILD_ROOT COMPILER…
set -u
root=$1 build=$2
shift 2
cd "$root" || exit 1
modules='glib-2.0 gobject-2.0 gio-unix-2.0 gdk-pixbuf-2.0 json-glib-1.0 gtk4 libadwaita-1'
# flags and modules are words
# shellcheck disable=SC2046,SC2086
set -- "$@" $(pkg-config --cflags $modules 2>/dev/null) $(pkg-config --cflags openblas 2>/dev/null)
export root build

# as many at a time as there are cores; the inner script expands its own words
# shellcheck disable=SC2016
find engine src -name '*.h' | sort | grep -vxF "$(cut -d ' ' -f 1 tests/lint/not-alone.txt)" | xargs -P "$(nproc)" -I HEADER sh -c '
  header=$1
  shift
  "$@" -D_GNU_SOURCE -DLIMN_HEADER_CHECK -I"$build" -I"$root" -I"$root/engine" -I"$root/src" \
    -fsyntax-only -x c -include "$header" /dev/null 2>"$build/header-check.$$" || {
    echo "$header does not compile alone:"
    head -5 "$build/header-check.$$"
    rm -f "$build/header-check.$$"
    exit 1
  }
  rm -f "$build/header-check.$$"
' sh HEADER "$@"
