#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Lists of prompts: divided among two processes, gone on with after a stop.
# Usage: test-prompts.sh LIMN.  Needs a model that draws, as test-cli.sh; prints TAP.
set -u
limn=$1
golden=${LIMN_GOLDEN_DIR:-}/tiny
# shellcheck source=tests/app/tap.sh
. "$(dirname "$0")/tap.sh"

drawing=${LIMN_TEST_MODEL:-$(dirname "$limn")/../data/models/starter.gguf}
if [ ! -f "$drawing" ] && [ -f "$golden/encoder.pt" ]; then
  drawing=$work/tiny-drawing.gguf
  "$limn" import -q "$golden/encoder.pt" "$golden/decoder.pt" "$golden/config.json" \
    "$golden/../tokenizer/vocab.json" "$golden/../tokenizer/merges.txt" \
    "$golden/../formats/tinyvq_flax_f16.msgpack" "$golden/../formats/tinyvq_config.json" -o "$drawing"
fi

list=$work/list.txt
printf '\357\273\277a red apple\r\n\n  two owls in a boat  \na red apple\n' >"$list"

draw() { "$limn" draw -m "$drawing" -n 2 "$@"; }
listing() { (cd "$1" && find . -type f | LC_ALL=C sort); }
sums() { (cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort); }

mistakes() {
  exits 2 draw --prompts "$list" -o "$work/no" a frog && says '--prompts' &&
    exits 2 draw --prompts "$list" --surprise -o "$work/no" && exits 2 draw --shard 1/2 x &&
    exits 2 draw --prompts "$list" --sheet -o "$work/no" || return 1
  for shard in 0/2 3/2 1 1/0 1/2/3 a/b '' -1/2; do
    exits 2 draw --prompts "$list" --shard="$shard" -o "$work/no" && says '--shard' || return 1
  done
  : >"$work/empty"
  exits 1 draw --prompts "$work/empty" -o "$work/no" && says "$work/empty" &&
    exits 1 draw --prompts "$work/none" -o "$work/no" && says "$work/none" && [ ! -e "$work/no" ]
}
whole_list() {
  exits 0 draw --prompts "$list" -o "$work/whole" && [ ! -s "$work/stderr" ] &&
    [ "$(wc -l <"$work/stdout")" = 6 ] || return 1
  listing "$work/whole" >"$work/listing"
  cat "$work/listing"
  grep -qx './000001-a-red-apple-1.png' "$work/listing" && grep -qx './000002-two-owls-in-a-boat-2.png' "$work/listing" &&
    grep -qx './000003-a-red-apple-3.png' "$work/listing" && [ "$(wc -l <"$work/listing")" = 6 ]
}
two_processes() {
  draw --prompts "$list" -o "$work/shared" --shard 1/2 >"$work/first" 2>&1 &
  child=$!
  exits 0 draw --prompts "$list" -o "$work/shared" --shard 2/2 || return 1
  wait $child || { cat "$work/first"; return 1; }
  [ "$(wc -l <"$work/first")" = 4 ] && [ "$(wc -l <"$work/stdout")" = 2 ] || return 1
  sums "$work/whole" >"$work/one"
  sums "$work/shared" >"$work/two"
  cmp "$work/one" "$work/two"
}
same_as_alone() {
  exits 0 draw -n 1 -s 3 -o "$work/alone" a red apple &&
    cmp "$work/alone/a-red-apple-3.png" "$work/whole/000003-a-red-apple-3.png"
}
goes_on() {
  rm "$work/shared/000002-two-owls-in-a-boat-2.png" "$work/shared"/000003-*
  touch -d '2001-01-01' "$work/shared"/*
  exits 0 draw --prompts "$list" -o "$work/shared" && [ "$(wc -l <"$work/stdout")" = 3 ] &&
    says '1 of 3' || return 1
  sums "$work/shared" >"$work/two"
  cmp "$work/one" "$work/two" && [ "$(find "$work/shared" -newermt 2002-01-01 -type f | wc -l)" = 3 ] &&
    exits 0 draw --prompts "$list" -o "$work/shared" -q && [ ! -s "$work/stdout" ] && [ ! -s "$work/stderr" ]
}
# Until the first picture is in a folder.
wait_for_picture() {
  tries=0
  while [ -z "$(find "$1" -name '*.png' 2>/dev/null)" ] && [ $tries -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
}
killed() {
  "$limn" draw -m "$drawing" -n 2 --prompts "$list" -o "$work/cut" >"$work/first" 2>&1 &
  child=$!
  wait_for_picture "$work/cut"
  kill -KILL $child 2>/dev/null
  wait $child
  exits 0 draw --prompts "$list" -o "$work/cut" || return 1
  sums "$work/cut" >"$work/two"
  cmp "$work/one" "$work/two"
}
nohup_goes_on() {
  (
    trap '' HUP
    exec "$limn" draw -m "$drawing" -n 2 --prompts "$list" -o "$work/hung" >"$work/first" 2>&1
  ) &
  child=$!
  wait_for_picture "$work/hung"
  kill -HUP $child 2>/dev/null
  wait $child || { cat "$work/first"; return 1; }
  sums "$work/hung" >"$work/two"
  cmp "$work/one" "$work/two"
}
# Ctrl+C ends a command that waits for words.
waiting_for_words() {
  mkfifo "$work/words"
  exec 9<>"$work/words" # stays open
  "$limn" draw -m "$drawing" --prompts - -o "$work/no" <"$work/words" >"$work/stdout" 2>"$work/stderr" &
  child=$!
  sleep 1
  kill -TERM $child
  wait $child
  status=$?
  exec 9>&-
  [ $status = 143 ] || { echo "status $status"; cat "$work/stderr"; return 1; }
}
other_alphabets_of_bytes() {
  printf 'a\0 \0r\0e\0d\0 \0a\0p\0p\0l\0e\0\n\0' >"$work/utf16"
  exits 2 draw --prompts "$work/utf16" -o "$work/no" && says 'UTF-8' && [ ! -e "$work/no" ]
}
other_settings() {
  exits 2 draw --prompts "$list" -o "$work/shared" -t 0.5 && says '000001-a-red-apple-1.png' || return 1
  echo nonsense >"$work/shared/000001-a-red-apple-1.png"
  exits 2 draw --prompts "$list" -o "$work/shared" && says 'another folder'
}
from_a_pipe() {
  printf 'a red apple\n' | "$limn" draw -m "$drawing" -n 1 -s 3 --prompts - --json -o "$work/pipe" >"$work/stdout" || return 1
  [ "$(wc -l <"$work/stdout")" = 1 ] && grep -q '"complete":true' "$work/stdout" &&
    cmp "$work/pipe/000001-a-red-apple-3.png" "$work/alone/a-red-apple-3.png"
}
gently() {
  exits 0 draw -n 1 -s 3 --gentle -o "$work/gentle" a red apple &&
    cmp "$work/gentle/a-red-apple-3.png" "$work/alone/a-red-apple-3.png"
}
whatever_openblas_is_told() {
  exits 0 env OPENBLAS_CORETYPE=Prescott OPENBLAS_L2_SIZE=1 "$limn" --version || return 1
  cp "$work/stdout" "$work/told"
  exits 0 env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE "$limn" --version && cmp "$work/told" "$work/stdout"
}

echo "TAP version 13"
ok "OpenBLAS takes the best kernels" whatever_openblas_is_told
if [ -f "$drawing" ]; then
  ok "mistakes in lists and shards" mistakes
  ok "a whole list" whole_list
  ok "two processes share a list" two_processes
  ok "a picture of a list drawn alone" same_as_alone
  ok "only what is missing is drawn" goes_on
  ok "after a kill" killed
  ok "with nohup" nohup_goes_on
  ok "waiting for words" waiting_for_words
  ok "a list in UTF-16" other_alphabets_of_bytes
  ok "pictures drawn in another way" other_settings
  ok "from a pipe" from_a_pipe
  ok "gently" gently
fi
echo "1..$n"
