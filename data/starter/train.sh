#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Trains the Starter model: ./train.sh STAGE [OPTION...], or ./train.sh all.  See README.md beside this file.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}

# Keep freed memory in the process: giving it back after every step costs half the training speed.
export MALLOC_MMAP_MAX_=0 MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1

run () { name=$1; shift; nice -n 19 "$PYTHON" -m "recipe.$name" "$@"; }

case "${1:-}" in
  fetch|sprites|codes|tokenizer|resume|focus|encoder|mean|half|export) run "$@" ;;
  transformer|decoder) run "train_$1" ;;
  looks) run fit_looks ;;
  eval) shift; run evaluate "$@" ;;
  all) for stage in fetch sprites codes tokenizer looks decoder encoder transformer export; do
         "./$(basename "$0")" "$stage"
       done ;;
  *) echo "usage: $0 fetch|sprites|codes|tokenizer|resume|focus|decoder|looks|encoder|transformer|mean|half|export|eval|all" >&2; exit 2 ;;
esac
