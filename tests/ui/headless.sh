#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# headless.sh COMMAND…: runs COMMAND with a display, session bus, home and
# settings of its own.  Nothing of the caller's desktop is seen or touched.
# Ends with COMMAND's status, or 77 (skipped) where there is no Xvfb.
#
# Xvfb needs -noreset: without it the server starts anew whenever its last
# client leaves, and the next one sometimes finds no display.  The bus offers
# the accessibility bus alone: portals would start programs that outlive us.
set -eu

for program in Xvfb dbus-daemon; do
  if ! command -v "$program" >/dev/null; then
    echo "headless.sh: skipped, there is no $program" >&2
    exit 77
  fi
done

room=$(mktemp -d "${TMPDIR:-/tmp}/limn-ui.XXXXXX")
xvfb=
bus=
clean_up () {
  status=$?
  trap - EXIT INT TERM
  [ -z "$bus" ] || kill "$bus" 2>/dev/null || :
  [ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null || :
  rm -rf "$room" 2>/dev/null || { sleep 1; rm -rf "$room" || :; }
  exit "$status"
}
trap clean_up EXIT
trap 'exit 143' INT TERM

export HOME="$room/home" XDG_CONFIG_HOME="$room/config" XDG_DATA_HOME="$room/data"
export XDG_CACHE_HOME="$room/cache" XDG_STATE_HOME="$room/state" XDG_RUNTIME_DIR="$room/run"
mkdir -p "$HOME" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME" "$room/services"
mkdir -m 700 "$XDG_RUNTIME_DIR"

cp /usr/share/dbus-1/services/org.a11y.Bus.service "$room/services/" 2>/dev/null || :
cat >"$room/session.conf" <<EOF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=$room</listen>
  <servicedir>$room/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
EOF

unset WAYLAND_DISPLAY DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS
export GDK_BACKEND=x11 GSK_RENDERER="${GSK_RENDERER:-cairo}" LIBGL_ALWAYS_SOFTWARE=1
export GSETTINGS_BACKEND="${GSETTINGS_BACKEND:-memory}" GTK_USE_PORTAL=0 ADW_DISABLE_PORTAL=1
export LC_ALL="${LC_ALL:-C.UTF-8}"
# in a sanitizer build: GTK, fontconfig and Pango keep much until the end
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

Xvfb -displayfd 3 -screen 0 "${LIMN_TEST_SCREEN:-1600x1200}x24" -nolisten tcp -noreset \
  3>"$room/display" >"$room/xvfb.log" 2>&1 &
xvfb=$!
n=0
while ! [ -s "$room/display" ]; do
  n=$((n + 1))
  if [ "$n" -gt 200 ] || ! kill -0 "$xvfb" 2>/dev/null; then
    echo "headless.sh: Xvfb did not start:" >&2
    cat "$room/xvfb.log" >&2
    exit 1
  fi
  sleep 0.05
done
DISPLAY=":$(cat "$room/display")"
export DISPLAY

dbus-daemon --config-file="$room/session.conf" --print-address=3 --nofork 3>"$room/bus" 2>"$room/bus.log" &
bus=$!
while ! [ -s "$room/bus" ]; do
  kill -0 "$bus" 2>/dev/null || { cat "$room/bus.log" >&2; exit 1; }
  sleep 0.02
done
DBUS_SESSION_BUS_ADDRESS=$(cat "$room/bus")
export DBUS_SESSION_BUS_ADDRESS

"$@"
