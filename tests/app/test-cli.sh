#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line as a person uses it: import, inspect, draw, interrupt, complain.
# Usage: test-cli.sh LIMN.  Needs the tiny reference model in $LIMN_GOLDEN_DIR; prints TAP.
set -u
limn=$1
golden=${LIMN_GOLDEN_DIR:-}/tiny
# shellcheck source=tests/app/tap.sh
. "$(dirname "$0")/tap.sh"

# ---- without a model -----------------------------------------------------------

no_command_line_mistake_crashes() {
  exits 2 "$limn" draw && says 'What shall be drawn?' &&
    exits 2 "$limn" draw --no-such-option x && says '--no-such-option' &&
    exits 2 "$limn" import && exits 2 "$limn" info && exits 2 "$limn" info a b
}
help_and_version() {
  exits 0 "$limn" --help && prints 'limn draw' && exits 0 "$limn" draw --help && prints '--temperature' &&
    exits 0 "$limn" --version && prints 'limn '
}
missing_files() {
  exits 1 "$limn" draw -m /not/there.gguf x && says '/not/there.gguf' &&
    exits 1 "$limn" info "$work/none.gguf" && says 'none.gguf' &&
    exits 1 "$limn" import "$work/none.pt" -o "$work/x.gguf" && says 'none.pt' && [ ! -e "$work/x.gguf" ]
}
broken_files() {
  printf 'GGUF\003\000\000\000' >"$work/broken.gguf"
  printf '\211PNG\r\n\032\n' >"$work/broken.png"
  : >"$work/empty.gguf"
  exits 1 "$limn" info "$work/broken.gguf" && says 'broken.gguf' &&
    exits 1 "$limn" info "$work/empty.gguf" && says 'empty.gguf' &&
    exits 1 "$limn" info "$work/broken.png" && says 'broken.png' &&
    exits 1 "$limn" draw -m "$work/broken.gguf" x && says 'broken.gguf'
}

# ---- with the tiny model ---------------------------------------------------------

model=$work/tiny.gguf
import_tiny() {
  exits 0 "$limn" import "$golden/encoder.pt" "$golden/decoder.pt" "$golden/config.json" \
    "$golden/../tokenizer/vocab.json" "$golden/../tokenizer/merges.txt" -o "$model"
}
imported_part_is_told() {
  import_tiny && [ -s "$model" ] && exits 0 "$limn" info --json "$model" &&
    json "o['kind'] == 'model' and 'text' in o['parts']"
}
incomplete_model_is_named() {
  exits 1 "$limn" draw -m "$model" -o "$work/none" x && says 'decoder' && [ ! -e "$work/none" ]
}

echo "TAP version 13"
ok "mistakes on the command line" no_command_line_mistake_crashes
ok "help and version" help_and_version
ok "missing files" missing_files
ok "broken files" broken_files
if [ -f "$golden/encoder.pt" ]; then
  ok "import and info" imported_part_is_told
  ok "an incomplete model" incomplete_model_is_named
fi

# ---- with a model that draws ------------------------------------------------------

# The one that comes with Limn, or else the tiny one with a picture decoder as tiny.
drawing=${LIMN_TEST_MODEL:-$(dirname "$limn")/../data/models/starter.gguf}
if [ ! -f "$drawing" ] && [ -f "$golden/encoder.pt" ]; then
  drawing=$work/tiny-drawing.gguf
  "$limn" import -q "$golden/encoder.pt" "$golden/decoder.pt" "$golden/config.json" \
    "$golden/../tokenizer/vocab.json" "$golden/../tokenizer/merges.txt" \
    "$golden/../formats/tinyvq_flax_f16.msgpack" "$golden/../formats/tinyvq_config.json" -o "$drawing"
fi

draw() { "$limn" draw -m "$drawing" "$@"; }
draws_files() {
  exits 0 draw -n 2 -s 42 -o "$work/out" 'a frog on the moon' && prints 'a-frog-on-the-moon-42.png' &&
    [ "$(wc -l <"$work/stdout")" = 2 ] && [ "$(find "$work/out" -name '*.png' | wc -l)" = 2 ] &&
    [ "$(find "$work/out" | wc -l)" = 3 ] && [ ! -s "$work/stderr" ]
}
picture_tells_how() {
  exits 0 "$limn" info --json "$work/out/a-frog-on-the-moon-42.png" &&
    json "o['kind'] == 'picture' and o['prompt'] == 'a frog on the moon' and o['seed'] == 42"
}
same_seed_same_picture() {
  exits 0 draw -n 1 -s 42 --threads 1 -q -o "$work/again" 'a frog on the moon' && [ ! -s "$work/stdout" ] &&
    cmp "$work/out/a-frog-on-the-moon-42.png" "$work/again/a-frog-on-the-moon-42.png"
}
nothing_is_replaced() {
  exits 0 draw -n 1 -s 42 -o "$work/again" 'a frog on the moon' && prints 'a-frog-on-the-moon-42-2.png'
}
json_tells_all() {
  exits 0 draw -n 2 -s 7 --json --sheet -o "$work/json" '  Café? "quoted" ' &&
    json "o['prompt'] == 'Café? \"quoted\"' and o['seed'] == 7 and len(o['files']) == 2 and o['complete']" &&
    json "o['seconds'] > 0 and len(o['seeds']) == 2 and o['sheet'].endswith('-7-sheet.png')" &&
    [ "$(find "$work/json" -name '*.png' | wc -l)" = 3 ]
}
languages_are_understood() {
  exits 0 draw -n 1 --json -o "$work/words" '三只猫在月球上' &&
    json "o['prompt'] == '三只猫在月球上' and o['understood'] == 'three cats on the moon' and o['language'] == 'zh'" &&
    json "{'written': '猫', 'understood': 'cat', 'kind': 'translation', 'others': []} in o['replacements']" &&
    exits 0 draw -n 1 -o "$work/words" 'drei Katzen' && says 'three cats'
}
surprises() {
  exits 0 draw -n 1 -s 5 --surprise --json -o "$work/funny" && json "len(o['prompt']) > 5 and o['complete']" &&
    exits 2 draw
}
settings_are_checked() {
  exits 2 draw -n 0 x && exits 2 draw -n 99999 x && exits 2 draw -s minus x && exits 2 draw -t hot x &&
    exits 2 draw -t -1 x && says 'temperature'
}
# picture FILE SCRIPT: what limn info says of it
picture() { exits 0 "$limn" info --json "$1" && json "$2"; }
draws_again() {
  rm -rf "$work/again2" && exits 0 draw --again "$1" -q -o "$work/again2" && cmp "$1" "$work/again2/$(basename "$1")"
}
# Any picture of a grid, with all that its file tells; drawn in another way it is the first of its own.
one_of_a_grid_again() {
  exits 0 draw -n 2 -s 5 -g 1 --rank -q -o "$work/grid" 'a frog on the moon' || return 1
  for file in "$work/grid"/*.png; do
    draws_again "$file" || return 1
  done
  second=$(find "$work/grid" -name '*.png' ! -name '*-5.png')
  picture "$second" "o['place'] == 1 and o['grid_seed'] == 5 and o['seed'] != 5 and o['score'] != 0" &&
    exits 0 draw --again "$second" --json -o "$work/grid/json" && json "[p['place'] for p in o['pictures']] == [1]" &&
    exits 0 draw --again "$second" -s 9 -q -o "$work/grid/other" &&
    picture "$work/grid/other/a-frog-on-the-moon-9.png" "o['place'] == 0 and o['grid_seed'] == 9" &&
    exits 0 draw --vary "$second" -n 2 -s 9 -q -o "$work/grid/vary" &&
    draws_again "$(find "$work/grid/vary" -name '*.png' ! -name '*-9.png')"
}
varies() {
  frog=$work/out/a-frog-on-the-moon-42.png
  draws_again "$frog" &&
    exits 0 draw --vary "$frog" -n 2 -s 7 --strength 0.3 -o "$work/vary" &&
    picture "$work/vary/a-frog-on-the-moon-7.png" "o['kept_tokens'] == 256 and o['redrawn_share'] == 0.3" &&
    draws_again "$work/vary/a-frog-on-the-moon-7.png" &&
    exits 0 draw --vary "$frog" --keep-rows 4 -n 1 -s 8 -o "$work/vary" 'a red apple' &&
    picture "$work/vary/a-red-apple-8.png" "o['kept_tokens'] == 64 and o['prompt'] == 'a red apple'" &&
    draws_again "$work/vary/a-red-apple-8.png" &&
    exits 0 draw --vary "$frog" --keep-cells 256 -n 1 -s 42 -o "$work/vary" && exits 1 draw --vary "$work/none.png" &&
    exits 2 draw --vary "$frog" --keep-rows 17 && exits 2 draw --vary "$frog" --strength 2 &&
    exits 2 draw --keep-rows 3 x && exits 2 draw --vary "$frog" --finish "$frog" x
}
ways_are_kept() {
  exits 0 draw -n 1 -s 3 --tile --negative 'a blue car' --blend 'a red apple' --mix 0.25 -o "$work/ways" 'a frog' &&
    picture "$work/ways/a-frog-3.png" "o['tile'] and o['blend_prompt'] == 'a red apple' and o['blend'] == 0.25" &&
    json "o['negative_prompt'] == 'a blue car'" && draws_again "$work/ways/a-frog-3.png" &&
    exits 2 draw --mix 0.5 x && exits 2 draw --blend y --mix 7 x
}
seamless_and_rank() {
  exits 0 draw -n 3 -s 3 --seamless --rank --json -o "$work/seamless" 'a frog' &&
    json "o['seamless'].endswith('a-frog-3-seamless.png') and [p['rank'] for p in o['pictures']] == [1, 2, 3]" &&
    json "sorted((p['score'] for p in o['pictures']), reverse=True) == [p['score'] for p in o['pictures']]" &&
    json "o['files'] == [p['file'] for p in o['pictures']] and sorted(p['place'] for p in o['pictures']) == [0, 1, 2]" &&
    best=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["files"][0])' "$work/stdout") &&
    rm -r "$work/seamless" && exits 0 draw -n 3 -s 3 --rank -o "$work/seamless" 'a frog' &&
    [ "$(head -n 1 "$work/stdout")" = "$best" ] && [ "$(wc -l <"$work/stdout")" = 3 ]
}
# The model without its picture encoder, as of min-dalle's files.
make_blind() {
  python3 -c 'import sys
data = open(sys.argv[1], "rb").read()
assert data.count(b"vqgan.encoder.conv_in.weight") == 1
open(sys.argv[2], "wb").write(data.replace(b"vqgan.encoder.conv_in.weight", b"vqgan.without.conv_in.weight"))' \
    "$drawing" "$work/blind.gguf"
}
# With an encoder a photo is finished; without one that is said, and where one is.
finishes() {
  frog=$work/out/a-frog-on-the-moon-42.png
  exits 0 "$limn" info --json "$drawing" || return 1
  if grep -q '"encoder"' "$work/stdout"; then
    exits 0 draw --finish "$frog" --keep-cells 100 -n 1 -s 4 -o "$work/finish" 'a red apple' &&
      picture "$work/finish/a-red-apple-4.png" "o['kept_tokens'] == 100" && draws_again "$work/finish/a-red-apple-4.png" &&
      make_blind && exits 1 draw -m "$work/blind.gguf" --finish "$frog" x
  else
    exits 1 draw --finish "$frog" x
  fi && says 'encoder' && says '--model starter' && says 'limn models get --source dalle-mini' &&
    printf 'no picture' >"$work/no.jpg" && exits 1 draw --finish "$work/no.jpg" x && says 'no.jpg' &&
    exits 1 draw --finish "$work/none.jpg" x && says 'none.jpg'
}
enlarges() {
  exits 0 "$limn" enlarge -x 4 -o "$work/large" "$work/out/a-frog-on-the-moon-42.png" && prints 'moon-42-x4.png' &&
    picture "$work/large/a-frog-on-the-moon-42-x4.png" "o['prompt'] == 'a frog on the moon'" &&
    python3 -c 'import struct, sys; assert struct.unpack(">II", open(sys.argv[1], "rb").read(24)[16:]) == (1024, 1024)' \
      "$work/large/a-frog-on-the-moon-42-x4.png" &&
    exits 2 "$limn" enlarge && exits 2 "$limn" enlarge -x 3 "$work/out/a-frog-on-the-moon-42.png" &&
    exits 1 "$limn" enlarge "$work/none.png" && says 'none.png'
}
odd_prompts() {
  long=$(printf '%0100000d' 0)
  exits 0 draw -n 1 -o "$work/odd" -- '../../-rf /' && exits 0 draw -n 1 -o "$work/odd" '月の上の蛙 🐸' &&
    exits 0 draw -n 1 -o "$work/odd" "$(printf 'bad \377 bytes')" && exits 0 draw -n 1 -o "$work/odd" "$long" &&
    [ "$(find "$work/odd" -name '*.png' | wc -l)" = 4 ]
}
# Words that look like options, behind “--”; a locale without the letters of an option.
words_as_they_are() {
  exits 0 draw -n 1 --json -o "$work/odd" -- '-5 red apples' && json "o['prompt'] == '-5 red apples'" &&
    exits 0 "$limn" info --json -- "$work/odd"/5-red-apples-*.png &&
    exits 0 env LC_ALL=C "$limn" draw -m "$drawing" -n 1 --json --negative 'grün' -o "$work/odd" x &&
    json "o['negative_prompt'] == 'grün'" &&
    exits 0 draw -n 1 --json --blend "$(printf 'caf\351')" -o "$work/odd" "$(printf 'caf\351')" && json "o['complete']"
}
numbers_below_nothing() {
  exits 2 draw -n 1 -k -5 x && says '-5' &&
    exits 2 draw --vary "$work/out/a-frog-on-the-moon-42.png" -n 1 --keep-rows -5 &&
    exits 2 draw --surprise -n 1 some words && says '--surprise'
}
# What is printed goes nowhere: pictures are saved, but not all is well.
full_output() {
  [ -c /dev/full ] || return 0
  for command in "draw -q --json -n 1 -o $work/full x" "info $work/out/a-frog-on-the-moon-42.png" --version; do
    # shellcheck disable=SC2086
    "$limn" $command >/dev/full 2>"$work/stderr"
    [ $? = 1 ] && says 'disk full' || return 1
  done
}
# The first picture is there, the next one has no place: the first is told of.
saved_until_it_failed() {
  mkdir "$work/small"
  (
    ulimit -f 1 # of what is written in one file: too little for any picture
    trap '' XFSZ
    exec "$limn" draw -m "$drawing" --json -n 1 -s 1 -o "$work/small" x >"$work/stdout" 2>"$work/stderr"
  )
  [ $? = 1 ] && json "not o['complete'] and o['files'] == []"
}
unwritable_folder() {
  : >"$work/file"
  exits 1 draw -n 1 -o "$work/file/below" x && says "$work/file/below"
}
interrupted() {
  mkdir "$work/cut"
  "$limn" draw -m "$drawing" -n 400 -o "$work/cut" 'a red apple' >"$work/stdout" 2>"$work/stderr" </dev/null &
  child=$!
  sleep 2
  kill -INT $child
  wait $child
  status=$?
  [ "$status" = 130 ] || { echo "status $status"; cat "$work/stderr"; return 1; }
  # what is there is whole and was told, and nothing else is there
  find "$work/cut" -type f | sort >"$work/there"
  sort "$work/stdout" | cmp - "$work/there" || return 1
  while read -r file; do exits 0 "$limn" info "$file" || return 1; done <"$work/there"
}

if [ -f "$drawing" ]; then
  ok "draw writes files and prints their paths" draws_files
  ok "a picture tells how it was drawn" picture_tells_how
  ok "the same seed draws the same file, alone and on one thread" same_seed_same_picture
  ok "no file is replaced" nothing_is_replaced
  ok "--json and --sheet" json_tells_all
  ok "a prompt in another language" languages_are_understood
  ok "--surprise" surprises
  ok "settings out of range" settings_are_checked
  ok "--again" one_of_a_grid_again
  ok "--again and --vary" varies
  ok "--tile, --negative and --blend" ways_are_kept
  ok "--seamless and --rank" seamless_and_rank
  ok "--finish" finishes
  ok "enlarge" enlarges
  ok "odd prompts" odd_prompts
  ok "words behind --, and in any locale" words_as_they_are
  ok "numbers below nothing" numbers_below_nothing
  ok "output that is lost" full_output
  ok "told of after a failure" saved_until_it_failed
  ok "a folder that cannot be" unwritable_folder
  ok "Ctrl+C" interrupted
fi
echo "1..$n"
