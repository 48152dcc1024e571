#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# C files are laid out by clang-format 14; other versions lay out differently.
# Usage: format.sh SOURCE_ROOT
set -u
cd "$1" || exit 1
tool=
for name in clang-format-14 clang-format; do
  case $($name --version 2>/dev/null) in *"version 14."*) tool=$name; break ;; esac
done
[ -n "$tool" ] || { echo 'clang-format 14 is not installed'; exit 77; }

find engine src tests -name '*.[ch]' | sort | xargs -P "$(nproc)" -n 20 "$tool" --dry-run -Werror 2>&1 |
  grep 'error:' | cut -d : -f 1 | sort -u | {
  if read -r first; then
    echo 'lay these out with ./dev format:'
    echo "$first"
    cat
    exit 1
  fi
}
