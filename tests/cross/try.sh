#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the engine for aarch64 and runs its tests in an emulator; on x86-64 also runs those of the
# usual build on an emulated processor of 2006, which knows no AVX.  ./dev cross calls it.
# The libraries are Debian's, unpacked and never run outside the emulator.
# Usage: try.sh [ARGUMENTS of meson test…]
#   WORK   folder for the libraries, kept between runs
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/limn-cross}
build=$root/_build-aarch64
usual=$root/${LIMN_BUILD_DIR:-_build}
libraries=$work/aarch64-root
# shellcheck source=/dev/null
. /etc/os-release
suite=${SUITE:-$VERSION_CODENAME}

emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64) ||
  { echo "there is no qemu-aarch64 here" >&2; exit 1; }

if [ ! -e "$libraries/.done" ]; then
  rm -rf "$libraries"
  mkdir -p "$work"
  msgpack=libmsgpack-c-dev
  apt-cache show --no-all-versions $msgpack >/dev/null 2>&1 || msgpack=libmsgpack-dev
  # "extract" unpacks and runs nothing, so that no emulator is needed yet
  mmdebstrap --mode=root --variant=extract --architectures=arm64 --components=main --quiet \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --include="libc6-dev,libglib2.0-dev,libopenblas-dev,libjson-glib-dev,zlib1g-dev,$msgpack" \
    "$suite" "$libraries"
  # alternatives are set up by scripts that did not run
  lib=$libraries/usr/lib/aarch64-linux-gnu
  for file in libopenblas.so libopenblas.so.0; do
    [ -e "$lib/$file" ] || ln -s "openblas-pthread/$file" "$lib/$file"
  done
  [ -e "$lib/pkgconfig/openblas.pc" ] ||
    ln -s ../openblas-pthread/pkgconfig/openblas.pc "$lib/pkgconfig/openblas.pc"
  touch "$libraries/.done"
fi

cat >"$work/aarch64.ini" <<EOF
[binaries]
c = 'aarch64-linux-gnu-gcc'
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['$emulator', '-L', '$libraries', '-E', 'LD_LIBRARY_PATH=$libraries/usr/lib/aarch64-linux-gnu:$libraries/usr/lib/aarch64-linux-gnu/openblas-pthread']

[built-in options]
c_args = ['--sysroot=$libraries', '-I$libraries/usr/include/aarch64-linux-gnu/openblas-pthread']
c_link_args = ['--sysroot=$libraries', '-L$libraries/usr/lib/aarch64-linux-gnu/openblas-pthread', '-Wl,-rpath-link,$libraries/usr/lib/aarch64-linux-gnu/openblas-pthread']

[properties]
sys_root = '$libraries'
pkg_config_libdir = '$libraries/usr/lib/aarch64-linux-gnu/pkgconfig:$libraries/usr/share/pkgconfig'
needs_exe_wrapper = true

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
EOF

[ -f "$build/build.ninja" ] || meson setup "$build" "$root" --cross-file "$work/aarch64.ini" -Dapp=false
ninja -C "$build"
run_tests() { meson test --print-errorlogs --suite engine --no-suite speed --timeout-multiplier 200 "$@"; }
run_tests -C "$build" "$@"

if [ "$(uname -m)" = x86_64 ]; then
  # an instruction that such a processor lacks ends a test there
  old=$(command -v qemu-x86_64-static || command -v qemu-x86_64)
  run_tests -C "$usual" --wrapper "$old -cpu Conroe" --logbase old-processor "$@"
fi
