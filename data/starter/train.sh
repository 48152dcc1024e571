#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Trains the Starter model: ./train.sh STAGE, or ./train.sh all.  See README.md beside this file.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}

# Keep freed memory in the process: giving it back after every step costs half the training speed.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1

run () { nice -n 19 "$PYTHON" -m "recipe.$1"; }

case "${1:-}" in
  fetch|sprites|codes|tokenizer|export) run "$1" ;;
  transformer|decoder|judge) run "train_$1" ;;
  eval) run evaluate ;;
  all) for stage in fetch sprites codes tokenizer decoder transformer judge eval export; do
         "./$(basename "$0")" "$stage"
       done ;;
  *) echo "usage: $0 fetch|sprites|codes|tokenizer|decoder|transformer|judge|eval|export|all" >&2; exit 2 ;;
esac
