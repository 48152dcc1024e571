#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Flatpak from the released manifest and this folder's sources, installs it, draws inside the
# sandbox, opens the window and looks at what the sandbox allows.  Needs root and Debian's packages alone;
# your own Flatpak installations are left alone.  ./dev flatpak calls it.
# Usage: try.sh [--quick]
#   SUITE   the Debian suite that stands in for the GNOME runtime (trixie)
#   WORK    folder for everything it makes, kept between runs
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
id=io.github.limn_app.Limn
manifest=$here/$id.json
suite=${SUITE:-trixie}
branch=local-$suite
work=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/limn-flatpak}
export FLATPAK_USER_DIR=$work/user-$suite
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE # flatpak passes the caller's environment on
mkdir -p "$work"
passed=0 failed=0

step() { # NAME COMMAND…
  local name=$1 start=$SECONDS
  shift
  if "$@" >"$work/step.log" 2>&1; then
    echo "done in $((SECONDS - start)) s: $name"
  else
    echo "FAILED: $name"
    tail -40 "$work/step.log"
    exit 1
  fi
}
check() { # NAME COMMAND…
  local name=$1
  shift
  if "$@" >"$work/check.log" 2>&1; then
    passed=$((passed + 1))
    echo "ok    $name"
  else
    failed=$((failed + 1))
    echo "FAIL  $name"
    sed 's/^/      /' "$work/check.log" | tail -20
  fi
}
not() { ! "$@"; }
inside() { timeout 900 flatpak --user run --command=sh "$id" -c "$1"; }

# ---- the manifest itself
parses() { python3 -c 'import json, sys; [json.load(open(p)) for p in sys.argv[1:]]' "$here"/*.json; }
permissions_are_few() {
  python3 - "$manifest" <<'EOF'
import json, sys
expected = ["--share=ipc", "--share=network", "--socket=fallback-x11", "--socket=wayland", "--device=dri"]
found = json.load(open(sys.argv[1]))["finish-args"]
sys.exit(None if found == expected else f"finish-args are {found}")
EOF
}
sources_are_pinned() {
  python3 - "$here"/openblas.json "$here"/msgpack-c.json <<'EOF'
import json, sys
for path in sys.argv[1:]:
    for source in json.load(open(path))["sources"]:
        assert source["url"].startswith("https://") and len(source["sha256"]) == 64, path
EOF
}
builder_reads_them() {
  for file in "$manifest" "$here/development.json"; do
    flatpak-builder --show-manifest "$file" >/dev/null || return 1
  done
}
check "the manifests parse" parses
if command -v flatpak-builder >/dev/null; then check "flatpak-builder reads the manifests" builder_reads_them; fi
check "few permissions" permissions_are_few
check "sources of other projects are pinned" sources_are_pinned
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
if [ "${1:-}" = --quick ]; then
  finish
  exit
fi

# ---- the runtime that stands in, and the build
[ "$(id -u)" = 0 ] || { echo "flatpak/try.sh: only root can assemble the runtime"; exit 1; }
runtime=$work/runtime-$suite
if ! ostree --repo="$runtime" refs 2>/dev/null | grep -q "org.gnome.Sdk/.*/$branch"; then
  step "a runtime of Debian's $suite" "$here/make-runtime.sh" "$suite" "$branch" "$work/roots-$suite" "$runtime"
  rm -rf "$work/roots-$suite"
fi
flatpak --user remote-add --if-not-exists --no-gpg-verify local-runtime "file://$runtime"
step "install the runtime" flatpak --user install -y --noninteractive --or-update local-runtime \
  "org.gnome.Platform//$branch" "org.gnome.Sdk//$branch"
blas=$("$here/fetch-source.sh" "$suite" openblas "$work/sources-$suite")
# a mirror may lack a suite's source; an older one does as well
msgpack=$("$here/fetch-source.sh" "$suite" msgpack-c "$work/sources-$suite" ||
  "$here/fetch-source.sh" bookworm msgpack-c "$work/sources-bookworm")
rm -rf "$work/tree"
mkdir -p "$work/tree"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/tree")
make() { # MANIFEST FOLDER ARGUMENTS…
  local localized
  localized=$work/$(basename "$1") folder=$2
  python3 "$here/localize.py" "$1" "$localized" "$branch" "$work/tree" "openblas=$blas" "msgpack-c=$msgpack"
  shift 2
  flatpak-builder --user --disable-rofiles-fuse --disable-updates --force-clean --jobs="$(nproc)" \
    --state-dir="$work/state-$suite" "$@" "$folder" "$localized"
}
step "build" make "$manifest" "$work/build-$suite" --repo="$work/repository-$suite"
step "bundle" flatpak build-bundle "$work/repository-$suite" "$work/$id.flatpak" "$id"
step "install the bundle" flatpak --user install -y --noninteractive --reinstall --bundle "$work/$id.flatpak"

# ---- what the sandbox allows
flatpak --user info --show-permissions "$id" >"$work/permissions"
check "no folder of the host" not grep -q '^filesystems=' "$work/permissions"
check "no device but the graphics card" grep -qx 'devices=dri;' "$work/permissions"
check "no bus names" not grep -q 'Policy' "$work/permissions"
check "the program starts" inside 'limn --version'
check "home is out of reach" inside "test ! -e '$HOME/.bashrc' && test ! -e '$root'"
check "/app is read-only" inside '! touch /app/x 2>/dev/null'
check "licences are there" inside "test -s /app/share/licenses/$id/limn/COPYING && test -s /app/share/licenses/$id/openblas/LICENSE"

# ---- drawing, without network
data=$HOME/.var/app/$id/data
if [ -n "${LIMN_TEST_MODEL:-}" ] && [ ! -f "$root/data/starter/starter.gguf" ]; then
  mkdir -p "$data/limn/models"
  cp "$LIMN_TEST_MODEL" "$data/limn/models/starter.gguf"
fi
rm -rf "$data/try"
draws() {
  timeout 900 flatpak --user run --unshare=network --command=sh "$id" -c \
    "limn draw -n 2 -s 1 -o \"\$XDG_DATA_HOME/try\" 'a frog on the moon'" &&
    [ "$(find "$data/try" -name '*.png' | wc -l)" = 2 ]
}
check "it draws without network" draws

# ---- the window
XDG_RUNTIME_DIR=/run/user/$(id -u)
export XDG_RUNTIME_DIR
mkdir -p "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
rm -f "$work/window.png"
show_window() {
  # the inner script expands its own words
  # shellcheck disable=SC2016
  GDK_BACKEND=x11 timeout 900 xvfb-run -a -s "-screen 0 1100x1100x24 -noreset" dbus-run-session -- bash -c '
    flatpak --user run --unshare=network "$0" --prompt "a frog on the moon" >"$1/window.log" 2>&1 &
    for i in $(seq 600); do
      sleep 0.5
      window=$(xdotool search --onlyvisible --name Limn 2>/dev/null | tail -1)
      [ -z "$window" ] || break
    done
    # its picture once nothing moves any more
    before=
    for i in $(seq 100); do
      sleep 5
      import -window root "$1/window.png"
      now=$(convert "$1/window.png" rgb:- | sha256sum)
      [ "$now" != "$before" ] || break
      before=$now
    done
    flatpak kill "$0"
    [ -n "$window" ]' "$id" "$work"
}
check "the window opens (see $work/window.png)" show_window
check "no warnings from the window" not grep -E 'CRITICAL|WARNING' "$work/window.log"

# ---- the manifest for developers, whose build runs the tests
development_draws() { # inside: what it writes is not seen from here
  flatpak-builder --run "$work/development-$suite" "$work/development.json" sh -c \
    "limn draw -n 1 -s 1 -o /tmp/drawn 'a frog on the moon' && test -s /tmp/drawn/*.png"
}
step "build for developers, with tests" make "$here/development.json" "$work/development-$suite"
check "what developers build draws" development_draws

echo "The bundle is $work/$id.flatpak, $(du -h "$work/$id.flatpak" | cut -f 1)"
finish
