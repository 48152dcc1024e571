#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with-model.sh LIMN COMMAND…: runs COMMAND with a model to draw with: the one
# that comes with Limn, or else a tiny one imported from the reference files in
# LIMN_GOLDEN_DIR, whose pictures mean nothing.  Where there is neither,
# COMMAND finds none and skips what draws.
set -eu

limn=$1
shift
golden=${LIMN_GOLDEN_DIR:-/nonexistent}
starter=$(dirname "$limn")/../data/models/starter.gguf

if [ -f "$starter" ] || [ -n "${LIMN_MODEL_PATH:-}" ] || ! [ -f "$golden/tiny/encoder.pt" ]; then
  exec "$@"
fi

models=$(mktemp -d "${TMPDIR:-/tmp}/limn-model.XXXXXX")
trap 'rm -rf "$models"' EXIT
"$limn" import -q "$golden/tiny/encoder.pt" "$golden/tiny/decoder.pt" "$golden/tiny/config.json" \
  "$golden/tokenizer/vocab.json" "$golden/tokenizer/merges.txt" \
  "$golden/formats/tinyvq_flax_f16.msgpack" "$golden/formats/tinyvq_config.json" \
  -o "$models/starter.gguf"
LIMN_MODEL_PATH=$models "$@"
