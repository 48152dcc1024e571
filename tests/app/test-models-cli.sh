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
starter=$(dirname "$limn")/../data/models/starter.gguf

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
# A word too many is a mistake as well: it may be the model that was meant.
too_many_words() {
  for words in 'list bogus' 'get mini mega' 'verify mini mega' 'delete mini mega' 'path starter mini nosuch'; do
    # shellcheck disable=SC2086 # words are words
    { exits 2 "$limn" models --mirror 'http://127.0.0.1:9/' --allow-loopback $words && says 'too many'; } || return 1
  done
}
# What is wrong is said before hours of downloading.
options_are_checked_first() {
  for option in '--source typo' '--quantize i4'; do
    # shellcheck disable=SC2086
    { exits 2 "$limn" models get mini --mirror 'http://127.0.0.1:9/' --allow-loopback $option &&
      says "${option#* }"; } || return 1
  done
  exits 2 "$limn" models get mini --source typo && says 'min-dalle, dalle-mini' && [ ! -e "$own/downloads" ] &&
    exits 2 "$limn" models import --quantize i4 "$work/none" && says 'i8' &&
    exits 2 "$limn" import --quantize i4 "$work/none" -o "$work/none.gguf" && says 'i8'
}
any_bytes_are_names() {
  exits 2 "$limn" models path "$(printf 'B\374')" && exits 2 "$limn" models get "$(printf '\374\033')"
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
ok "a word too many" too_many_words
ok "options of a download" options_are_checked_first
ok "names that are no text" any_bytes_are_names
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
  ok "no connection" no_connection
fi

# ---- what has arrived of downloads -----------------------------------------------------

# arrived SOURCE FILE: nine bytes of it
arrived() {
  mkdir -p "$own/downloads/mini/$1" && printf 'PK\003\004 more' >"$own/downloads/mini/$1/$2.part" &&
    printf '[part]\noffset=9\nsize=405182448\netag="x"\nurl=http://elsewhere.invalid/\n' \
      >"$own/downloads/mini/$1/$2.part-state"
}
mini() { json "[m['state'] == 'paused' and m['downloaded_bytes'] == $1 for m in o['models'] if m['id'] == 'mini'] == [True]"; }
all_sources_count() {
  arrived dalle-mini flax_model.msgpack && exits 0 "$limn" models list && prints '9 bytes from another source' &&
    arrived min-dalle encoder_mini.pt && exits 0 "$limn" models --json && json "o['disk_bytes'] == 18" && mini 18 &&
    exits 0 "$limn" models list && prints 'Paused at 9 bytes' &&
    exits 0 "$limn" models list --source dalle-mini && prints 'Paused at 9 bytes' &&
    exits 0 "$limn" models delete mini && prints '18 bytes freed' && [ ! -e "$own/downloads" ]
}
# Another Limn is at one of the files: none is taken from it.
parts_in_use_stay() {
  arrived min-dalle encoder_mini.pt && arrived dalle-mini flax_model.msgpack &&
    exits 1 flock "$own/downloads/mini/dalle-mini/flax_model.msgpack.part" "$limn" models delete mini &&
    says 'flax_model.msgpack' && says 'another Limn' && exits 0 "$limn" models --json && mini 18 &&
    exits 0 "$limn" models delete mini && [ ! -e "$own/downloads" ]
}
ok "what has arrived of any source" all_sources_count
ok "what another Limn downloads" parts_in_use_stay

# ---- a model of one's own ------------------------------------------------------------

# all FILES are a model, text FILES are half of one
text() {
  "$@" "$golden/tiny/encoder.pt" "$golden/tiny/decoder.pt" "$golden/tiny/config.json" \
    "$golden/tokenizer/vocab.json" "$golden/tokenizer/merges.txt"
}
all() { text "$@" "$golden/formats/tinyvq_flax_f16.msgpack" "$golden/formats/tinyvq_config.json"; }

imports() {
  all exits 0 "$limn" models import --name 'My Tiny' &&
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
# Whatever the new one is called, and whoever is at it.
replaces_none() {
  cp "$own/my-tiny.gguf" "$work/my-tiny.gguf" && cp "$work/my-tiny.gguf" "$work/starter.gguf" &&
    exits 1 "$limn" models import "$work/my-tiny.gguf" && says '“my-tiny” is here already' && says '--name' &&
    exits 1 "$limn" models import --name 'My Tiny' "$work/my-tiny.gguf" && says 'my-tiny' &&
    (cd "$own" && sha256sum -c my-tiny.gguf.sha256) || return 1
  [ ! -f "$starter" ] || { exits 1 "$limn" models import "$work/starter.gguf" && says '“starter” is here already'; }
}
one_import_a_name() {
  exits 1 flock "$own/.other.gguf.lock" "$limn" models import --name other "$work/my-tiny.gguf" &&
    says '“other”' && says 'another Limn' && [ ! -e "$own/other.gguf" ] &&
    # left by a process that was killed, and by somebody who deleted a model by hand
    printf 'half' >"$own/.other.gguf.new" && printf '%064d  other.gguf\n' 0 >"$own/other.gguf.sha256" &&
    exits 0 "$limn" models import --name other "$work/my-tiny.gguf" && exits 0 "$limn" models verify other &&
    printf 'half' >"$own/.other.gguf.new" && exits 0 "$limn" models delete other &&
    [ -z "$(find "$own" -name '*other*')" ]
}
two_imports_at_once() {
  "$limn" models import --name twin "$work/my-tiny.gguf" >/dev/null 2>&1 </dev/null &
  child=$!
  "$limn" models import --name twin "$work/my-tiny.gguf" >/dev/null 2>&1 </dev/null
  first=$?
  wait $child
  [ $((first + $?)) = 1 ] && exits 0 "$limn" models verify twin && exits 0 "$limn" models delete twin &&
    [ -z "$(find "$own" -name '*twin*')" ]
}
# Control characters of a model's texts do nothing on a terminal.
texts_are_harmless() {
  escape=$(printf '\033') shown=$(printf '\357\277\275')
  text exits 0 "$limn" import --name "R${escape}[31m" --license "L${escape}]0;x" --source "S${escape}c" -o "$own/texts.gguf" &&
    exits 0 "$limn" info "$own/texts.gguf" && ! grep -q "$escape" "$work/stdout" && prints "R${shown}[31m" &&
    prints "L${shown}]0;x" && prints "S${shown}c" && exits 0 "$limn" models && ! grep -q "$escape" "$work/stdout" &&
    prints "R${shown}[31m" && exits 0 "$limn" models delete texts
}
# Printed paths can be used as they stand, whatever the locale.
names_are_raw() {
  for folder in "$work/Bücher" "$(printf '%s/B\374cher' "$work")"; do
    mkdir "$folder" && LC_ALL=C text exits 0 "$limn" import -o "$folder/half.gguf" &&
      [ "$(cat "$work/stdout")" = "$folder/half.gguf" ] && rm "$folder/half.gguf" &&
      LC_ALL=C exits 0 "$limn" models --folder "$folder" import "$work/my-tiny.gguf" &&
      [ "$(cat "$work/stdout")" = "$folder/my-tiny.gguf" ] &&
      LC_ALL=C exits 0 "$limn" models --folder "$folder" list && LC_ALL=C prints "$folder/my-tiny.gguf" &&
      LC_ALL=C exits 0 "$limn" models --folder "$folder" list --json && json "'DALL·E Mini' in str(o)" || return 1
  done
}
# “limn import” writes over other files, but over none that it reads.
inputs_stay() {
  mkdir "$work/input" && text cp -t "$work/input" && ln -s input/encoder.pt "$work/link" || return 1
  for output in encoder.pt ../input/vocab.json ../link; do
    { exits 2 "$limn" import "$work/input" -o "$work/input/$output" && says 'would be lost'; } || return 1
  done
  exits 2 "$limn" import "$work/input/encoder.pt" "$work/input/decoder.pt" -o "$work/input/decoder.pt" &&
    says 'decoder.pt' && cmp "$golden/tiny/encoder.pt" "$work/input/encoder.pt" &&
    cmp "$golden/tokenizer/vocab.json" "$work/input/vocab.json" && [ -L "$work/link" ] &&
    exits 0 "$limn" import "$work/input" -o "$work/input/model.gguf" &&
    exits 0 "$limn" import "$work/input" -o "$work/input/model.gguf"
}
verifies() {
  exits 0 "$limn" models verify my-tiny && prints 'all is well' &&
    exits 0 "$limn" models verify --json my-tiny &&
    json "(o['id'], o['state'], o['path'], o['error']) == ('my-tiny', 'ready', '$own/my-tiny.gguf', None)" &&
    printf 'x' | dd of="$own/my-tiny.gguf" bs=1 seek=300000 conv=notrunc 2>/dev/null &&
    exits 1 "$limn" models verify my-tiny && says 'has changed since it was installed' &&
    exits 1 "$limn" models verify --json my-tiny && json "'has changed' in o['error']"
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
  ok "no model is replaced" replaces_none
  ok "one import under a name" one_import_a_name
  ok "two imports at once" two_imports_at_once
  ok "a model's texts" texts_are_harmless
  ok "paths in any locale" names_are_raw
  ok "import keeps its inputs" inputs_stay
  ok "verify" verifies
  ok "delete" deletes
fi

# ---- little memory, damaged files -----------------------------------------------------

drawing=${LIMN_TEST_MODEL:-$starter}
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
  all "$limn" import -q --quantize f32 -o "$own/tiny.gguf" || return 1
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
