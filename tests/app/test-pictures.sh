#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Pictures from elsewhere on the command line: damaged, no files at all, or telling what they should not.
# Usage: test-pictures.sh LIMN.  Needs the model that comes with Limn, or LIMN_TEST_MODEL; prints TAP.
set -u
limn=$(realpath "$1") # as the folder is changed
# shellcheck source=tests/app/tap.sh
. "$(dirname "$0")/tap.sh"
# One under a name of its own, found by no search; what is in the list does not matter here.
own=${LIMN_TEST_MODEL:-$(dirname "$limn")/../data/models/starter.gguf}
drawing=$work/elsewhere/my-model.gguf

draw() { "$limn" draw -m "$drawing" "$@"; }
enlarge() { "$limn" enlarge "$@"; }
picture() { exits 0 "$limn" info --json "$1" && json "$2"; }
draws_again() {
  rm -rf "$work/again" && exits 0 draw --again "$1" -q -o "$work/again" && cmp "$1" "$work/again/$(basename "$1")"
}
# tell FILE NEW MODEL: a copy whose text names another model
tell() {
  python3 -c 'import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
start = data.index(b"tEXtlimn:model\0") - 4
end = start + 12 + struct.unpack(">I", data[start:start + 4])[0]
chunk = b"tEXtlimn:model\0" + sys.argv[3].encode()
text = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
open(sys.argv[2], "wb").write(data[:start] + text + data[end:])' "$1" "$2" "$3"
}

# ---- what a file is ----------------------------------------------------------------

pipes() {
  mkfifo "$work/pipe.png"
  for command in enlarge 'draw x --finish' 'draw --again' 'draw --vary'; do
    # shellcheck disable=SC2086
    exits 1 $command "$work/pipe.png" && says 'pipe.png' && says 'a pipe' || return 1
  done
  exits 1 enlarge "$work" && says 'folder'
}

# ---- what it tells -----------------------------------------------------------------

cut_off() {
  exits 0 draw -n 1 -s 1 -q -o "$work/out" 'a red apple' || return 1
  apple=$work/out/a-red-apple-1.png
  for missing in 4 13 $(($(wc -c <"$apple") / 2)); do
    head -c -$missing "$apple" >"$work/cut.png"
    exits 1 enlarge -o "$work/none" "$work/cut.png" && says 'not all there' &&
      exits 1 draw --finish "$work/cut.png" -n 1 -o "$work/none" x && says 'not all there' || return 1
  done
  [ ! -e "$work/none" ]
}
names_no_path() {
  picture "$apple" "'/' not in o['model'] and not o['model'].endswith('.gguf')" && draws_again "$apple"
}
# The model's file is there, but a picture may not choose a file.
no_path_is_opened() {
  for path in "$drawing" "../${drawing#/}" /etc/passwd ../../../etc/passwd my-model.gguf; do
    tell "$apple" "$work/hostile.png" "$path"
    for option in --again --vary; do
      (cd "$work/elsewhere" && exits 1 "$limn" draw "$option" "$work/hostile.png" -n 1 -o "$work/none" && says '--model FILE') ||
        return 1
    done
  done
  [ ! -e "$work/none" ] && exits 0 draw --again "$work/hostile.png" -q -o "$work/hostile"
}
# By name and by id, as people have them.
named_is_found() {
  picture "$apple" "o['model']" || return 1
  known=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["model"])' "$work/stdout")
  mkdir "$work/shelf" && ln -s "$drawing" "$work/shelf/another-name.gguf"
  for known in "$known" another-name; do
    tell "$apple" "$work/named.png" "$known"
    exits 0 env LIMN_MODEL_PATH="$work/shelf" "$limn" draw --again "$work/named.png" -q -o "$work/named" || return 1
  done
}
# What a file keeps of a prompt is what was drawn.
prompts_of_many_lines() {
  exits 0 draw -n 1 -s 5 -q --negative "$(printf 'a\ttree\na house')" --blend "$(printf 'a blue\ncar')" -o "$work/lines" \
    "$(printf 'a red\napple\ton\033a\rtable')" &&
    file=$work/lines/a-red-apple-on-a-table-5.png &&
    picture "$file" "o['prompt'] == 'a red apple on a table' and o['blend_prompt'] == 'a blue car'" &&
    json "o['negative_prompt'] == 'a tree a house'" && draws_again "$file"
}

echo "TAP version 13"
if [ -f "$own" ]; then
  mkdir "$work/elsewhere" && ln -s "$(realpath "$own")" "$drawing"
  ok "pipes and folders" pipes
  ok "pictures that were cut off" cut_off
  ok "a picture names its model and no path" names_no_path
  ok "a picture chooses no file" no_path_is_opened
  ok "a model is found by what a picture tells" named_is_found
  ok "prompts of many lines" prompts_of_many_lines
fi
echo "1..$n"
