#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Data flow one way: which folder may include what.  Usage: layering.sh SOURCE_ROOT
set -u
cd "$1" || exit 1
status=0

# forbid WHAT PATTERN FILES…: no #include that matches in any of the files
forbid() {
  what=$1 pattern=$2
  shift 2
  if grep -rnE --include='*.c' --include='*.h' "^ *# *include *[<\"]($pattern)" "$@"; then
    echo "layering: $what" >&2
    status=1
  fi
}

forbid 'engine/ must not know the desktop' \
  'gtk/|gdk|adwaita|pango|cairo|libsoup|librsvg|cli/|window/|jobs/|library/|models/|limn-' engine
# the engine's text, model and tensor rooms know nothing of each other's users
forbid 'engine/tensor is the lowest floor' 'bart/|vqgan/|import/|text/|model/' engine/tensor
forbid 'engine/text knows prompts, not models' 'bart/|vqgan/|import/|model/|tensor/' engine/text
forbid 'src/ sees the engine through limn.h alone' \
  'bart/|vqgan/|import/|text/|model/|tensor/|generate-private|.*model-private|gguf\.h|tensor\.h|ops\.h|compute\.h' src
forbid 'the command line and the core have no GTK' 'gtk/|adwaita' src/cli src/models/limn-model-store.c \
  src/models/limn-model-store.h src/library/picture-file.c src/library/picture-facts.c \
  src/library/png-text.c src/library/atomic-file.c src/library/sheet.c src/limn-paths.c
if grep -rlE --include='*.c' --include='*.h' '# *include *<libsoup' src | grep -v '/limn-http'; then
  echo 'layering: only limn-http may know libsoup' >&2
  status=1
fi
exit $status
