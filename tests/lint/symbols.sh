#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every symbol that leaves the engine has its prefix.  Usage: symbols.sh ARCHIVE
set -u
command -v nm >/dev/null || { echo 'nm is not installed'; exit 77; }

# sanitizers and coverage add symbols of their own
strange=$(nm -g --defined-only "$1" 2>/dev/null | awk 'NF == 3 && $2 ~ /[ABCDGRSTVW]/ { print $3 }' |
  grep -vE '^(limn_|__asan|__odr_asan|__ubsan|__gcov|__llvm|\.Lubsan)')
if [ -n "$strange" ]; then
  echo "symbols without the prefix limn_:"
  echo "$strange"
  exit 1
fi
nm -g --defined-only "$1" 2>/dev/null | grep -q ' T limn_'
