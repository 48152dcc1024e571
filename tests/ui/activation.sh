#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The desktop starts Limn over the bus and calls the actions that the desktop file promises.
# Run by headless.sh, with a model.   Usage: activation.sh LIMN DESKTOP_FILE SERVICE_FILE
set -eu
limn=$(realpath "$1") desktop=$2 service=$3
id=io.github.limn_app.Limn
path=/io/github/limn_app/Limn
call() { method=$1; shift; gdbus call --session --dest "$id" --object-path "$path" --method "$method" "$@"; }
fail() { echo "activation: $*" >&2; exit 1; }

# the service file starts what the desktop file names
grep -qx "Name=$id" "$service" || fail "$service has another name than $id"
grep -qE '^Exec=/.*/limn --gapplication-service$' "$service" || fail "$service does not start the service"

"$limn" --gapplication-service &
program=$!
trap 'kill "$program" 2>/dev/null || :' EXIT
gdbus wait --session --timeout 60 "$id" || fail 'the name did not appear on the bus'

call org.freedesktop.Application.Activate '{}'
actions=$(call org.gtk.Actions.List)
for action in $(sed -n 's/^Actions=//p' "$desktop" | tr ';' ' '); do
  case $actions in *"'$action'"*) ;; *) fail "the desktop file promises $action, the program has $actions" ;; esac
  call org.freedesktop.Application.ActivateAction "$action" '[]' '{}'
done
# a prompt may be handed over as well
call org.freedesktop.Application.ActivateAction draw "[<'a frog'>]" '{}'

# words of a second start: several files are opened, as several handed over by the bus are; a folder
# that has the name of a word is none to be opened; words may be any bytes
room=$HOME/words
mkdir -p "$room/cat"
echo 'no picture' | tee "$room/one.png" >"$room/two.png"
(cd "$room" && "$limn" one.png "$room/two.png" && "$limn" cat && "$limn" one.png cat \
  && "$limn" cat/ && "$limn" "$(printf 'caf\351')") || fail "words ended with status $?"
prompts=$(cat "$XDG_DATA_HOME/limn/prompts")
expected=$(printf '%s\n' 'a frog' cat 'one.png cat' 'caf�')
[ "$prompts" = "$expected" ] || fail "drawn: $prompts"

call org.freedesktop.Application.ActivateAction quit '[]' '{}'
trap - EXIT
wait "$program" || fail "the program ended with status $?"
