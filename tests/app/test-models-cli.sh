#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Models on the command line: getting, checking and deleting them, drawing with
# little memory, and with a model file that is damaged while it is in use.
# Usage: test-models-cli.sh LIMN.  Prints TAP.
set -u
limn=$1
golden=${LIMN_GOLDEN_DIR:-}
# shellcheck source=tests/app/tap.sh
. "$(dirname "$0")/tap.sh"
own=$XDG_DATA_HOME/limn/models

# ---- the list ----------------------------------------------------------------------

lists_what_is_offered() {
  exits 0 "$limn" models && prints 'DALL·E Mini' && prints 'Apache-2.0' && prints 'huggingface.co' &&
    exits 0 "$limn" models list --json && json "{'mini', 'mega'} <= {m['id'] for m in o['models']}" &&
    json "all(m['memory_needed_bytes'] > 0 and m['download_bytes'] > 1e9 for m in o['models'] if m['id'] in ('mini', 'mega'))"
}
paths_are_printed() {
  exits 0 "$limn" models path && [ "$(cat "$work/stdout")" = "$own" ] &&
    exits 1 "$limn" models path mini && says 'not on this computer' &&
    exits 2 "$limn" models path nobody && says 'mini'
}
mistakes_are_named() {
  exits 2 "$limn" models dance && says 'dance' && exits 2 "$limn" models get && says 'mini' &&
    exits 2 "$limn" models get nobody && exits 2 "$limn" models import && exits 2 "$limn" models verify &&
    exits 1 "$limn" models import "$work/none" && says "$work/none" && exits 1 "$limn" models verify mini
}
# Nothing but “get” may open a connection: no socket of the internet's families, ever.
no_connection() {
  strace -f -qq -e trace=socket,connect -o "$work/trace" "$limn" models list >/dev/null 2>&1 </dev/null &&
    strace -f -qq -e trace=socket,connect -o "$work/trace2" \
      "$limn" draw -q -n 1 -o "$work/net" 'a red apple' >/dev/null 2>&1 </dev/null
  ! cat "$work"/trace* | grep -E 'AF_INET6?'
}

echo "TAP version 13"
ok "the list" lists_what_is_offered
ok "path" paths_are_printed
ok "mistakes" mistakes_are_named
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
  ok "no connection" no_connection
fi

# ---- a model of one's own ------------------------------------------------------------

imports() {
  exits 0 "$limn" models import --name 'My Tiny' "$golden/tiny/encoder.pt" "$golden/tiny/decoder.pt" \
    "$golden/tiny/config.json" "$golden/tokenizer/vocab.json" "$golden/tokenizer/merges.txt" \
    "$golden/formats/tinyvq_flax_f16.msgpack" "$golden/formats/tinyvq_config.json" &&
    prints "$own/my-tiny.gguf" && [ -s "$own/my-tiny.gguf" ] && (cd "$own" && sha256sum -c my-tiny.gguf.sha256) &&
    exits 0 "$limn" models path my-tiny && prints "$own/my-tiny.gguf" &&
    exits 0 "$limn" models --names && prints 'my-tiny'
}
refuses_halves() {
  exits 1 "$limn" models import --name half "$golden/tiny/encoder.pt" "$golden/tiny/decoder.pt" \
    "$golden/tiny/config.json" && says 'missing' && [ "$(find "$own" -name '*half*' | wc -l)" = 0 ]
}
refuses_web_pages() {
  mkdir -p "$work/page" && printf '<!DOCTYPE html><title>Sign in</title>\n' >"$work/page/encoder.pt"
  exits 1 "$limn" models import --name page "$work/page/encoder.pt" && says 'encoder.pt' && says 'web page'
}
copies_models() {
  cp "$own/my-tiny.gguf" "$work/from-a-friend.gguf" &&
    exits 0 "$limn" models import "$work/from-a-friend.gguf" && prints "$own/from-a-friend.gguf" &&
    cmp "$own/from-a-friend.gguf" "$own/my-tiny.gguf" && exits 0 "$limn" models verify from-a-friend &&
    exits 0 "$limn" models delete from-a-friend &&
    head -c 5000 "$own/my-tiny.gguf" >"$work/half.gguf" && exits 1 "$limn" models import "$work/half.gguf" &&
    [ "$(find "$own" -name '*half*' | wc -l)" = 0 ]
}
verifies() {
  exits 0 "$limn" models verify my-tiny && prints 'all is well' &&
    printf 'x' | dd of="$own/my-tiny.gguf" bs=1 seek=300000 conv=notrunc 2>/dev/null &&
    exits 1 "$limn" models verify my-tiny && says 'has changed since it was installed'
}
deletes() {
  exits 0 "$limn" models delete my-tiny && prints 'freed' && [ -z "$(find "$own" -type f)" ] &&
    exits 2 "$limn" models delete my-tiny
}

if [ -f "$golden/tiny/encoder.pt" ]; then
  ok "import" imports
  ok "half a model is no model" refuses_halves
  ok "a web page is no checkpoint" refuses_web_pages
  ok "a model file is copied" copies_models
  ok "verify" verifies
  ok "delete" deletes
fi

# ---- little memory, damaged files -----------------------------------------------------

drawing=${LIMN_TEST_MODEL:-$(dirname "$limn")/../data/models/starter.gguf}
fact() { "$limn" info --json "$drawing" | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
draw() { "$limn" draw -m "$drawing" "$@"; }
plan_is_told() {
  exits 0 "$limn" info --json "$drawing" &&
    json "0 < o['memory_for_one_bytes'] < o['memory_for_nine_bytes'] and o['pictures_at_once'] == 9" &&
    LIMN_MEMORY_LIMIT=1M exits 0 "$limn" info --json "$drawing" &&
    json "o['pictures_at_once'] == 0 and o['memory_available_bytes'] == 1 << 20"
}
fewer_at_once() {
  limit=$(fact memory_for_one_bytes)
  exits 0 draw -n 3 -s 3 -o "$work/all" 'a frog on the moon' && [ ! -s "$work/stderr" ] &&
    LIMN_MEMORY_LIMIT=$limit exits 0 draw -n 3 -s 3 -o "$work/few" 'a frog on the moon' &&
    says 'at a time' && diff -r "$work/all" "$work/few"
}
too_little() {
  limit=$(($(fact memory_for_one_bytes) - 1))
  LIMN_MEMORY_LIMIT=$limit exits 1 draw -o "$work/none" 'a frog on the moon' && says 'of memory' &&
    says 'smaller model' && [ ! -e "$work/none" ] &&
    LIMN_MEMORY_LIMIT=$((limit + 1)) exits 0 draw -n 1 -o "$work/one" 'a frog on the moon'
}
cut_in_use() {
  cp "$drawing" "$work/cut.gguf"
  "$limn" draw -m "$work/cut.gguf" -n 64 -o "$work/cut" 'a red apple' >/dev/null 2>"$work/stderr" </dev/null &
  child=$!
  while ! ls "$work"/cut/*.png >/dev/null 2>&1 && kill -0 $child; do sleep 0.05; done
  truncate -s 65536 "$work/cut.gguf"
  wait $child
  status=$?
  [ "$status" = 1 ] || { echo "status $status"; cat "$work/stderr"; return 1; }
  says 'cut short'
}
deleted_in_use() {
  cp "$drawing" "$work/gone.gguf"
  "$limn" draw -m "$work/gone.gguf" -n 8 -o "$work/gone" 'a red apple' >/dev/null 2>"$work/stderr" </dev/null &
  child=$!
  while ! ls "$work"/gone/*.png >/dev/null 2>&1 && kill -0 $child; do sleep 0.05; done
  rm "$work/gone.gguf"
  wait $child && [ "$(find "$work/gone" -name '*.png' | wc -l)" = 8 ]
}
smaller_is_offered() {
  mkdir -p "$own" && cp "$drawing" "$own/small.gguf"
  "$limn" import -q --quantize f32 "$golden/tiny/encoder.pt" "$golden/tiny/decoder.pt" "$golden/tiny/config.json" \
    "$golden/tokenizer/vocab.json" "$golden/tokenizer/merges.txt" "$golden/formats/tinyvq_flax_f16.msgpack" \
    "$golden/formats/tinyvq_config.json" -o "$own/tiny.gguf" || return 1
  exits 0 "$limn" info --json "$own/tiny.gguf" && tiny=$(stat -c %s "$own/tiny.gguf") &&
    limit=$(($(fact memory_for_one_bytes) - 1)) && [ "$tiny" -lt "$(stat -c %s "$drawing")" ] &&
    LIMN_MEMORY_LIMIT=$limit exits 1 draw -o "$work/none" x && says '--model tiny'
}

if [ -f "$drawing" ]; then
  ok "the plan" plan_is_told
  ok "fewer at once" fewer_at_once
  ok "too little" too_little
  ok "cut short while in use" cut_in_use
  ok "deleted while in use" deleted_in_use
  [ ! -f "$golden/tiny/encoder.pt" ] || ok "a smaller model is offered" smaller_is_offered
fi
echo "1..$n"
