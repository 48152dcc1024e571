#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a local stand-in for org.gnome.Platform and org.gnome.Sdk out of Debian's packages, so that the
# real manifest can be built and tried without any Flatpak remote.
# Usage: make-runtime.sh SUITE BRANCH WORK_DIR REPOSITORY      (root; mmdebstrap, flatpak, ostree)
#   LOCALES   languages to keep in /usr/share/locale
set -euo pipefail
suite=$1 branch=$2 work=$3 repository=$4
locales=${LOCALES:-de zh_CN}
arch=$(flatpak --default-arch)

platform_packages="bash coreutils libgtk-4-1 libadwaita-1-0 libsoup-3.0-0 libjson-glib-1.0-0 libglib2.0-bin
 libgdk-pixbuf-2.0-0 libwebp7 libwebpmux3 librsvg2-common adwaita-icon-theme hicolor-icon-theme
 libwebp7 libwebpmux3 libwebpdemux2 gsettings-desktop-schemas dconf-gsettings-backend glib-networking ca-certificates
 fontconfig fonts-cantarell fonts-dejavu-core fonts-noto-color-emoji
 shared-mime-info xkb-data procps"
sdk_packages="gcc g++ libc6-dev make cmake meson ninja-build pkgconf gettext itstool perl-base python3
 libgtk-4-dev libadwaita-1-dev libsoup-3.0-dev libjson-glib-dev libgdk-pixbuf-2.0-dev libglib2.0-dev
 zlib1g-dev libwebp-dev appstream desktop-file-utils xz-utils bzip2 patch file"
options=(--mode=root --variant=apt --components=main --quiet
  --aptopt='Acquire::Check-Valid-Until "false"' # a mirror may lag behind the machine's clock
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"'
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*'
  --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/lintian/*'
  --dpkgopt='path-exclude=/usr/share/gtk-doc/*' --dpkgopt='path-exclude=/usr/share/gir-1.0/*'
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-include=/usr/share/locale/locale.alias')
for language in $locales; do
  options+=(--dpkgopt="path-include=/usr/share/locale/$language/*")
done

# Prints the words of $* with commas between them.
join() {
  local words
  read -r -d '' -a words <<<"$*" || true
  (IFS=,; echo "${words[*]}")
}

# The Sdk is the Platform with the tools on top.
make_sdk_root() {
  local root=$work/sdk-root
  rm -rf "$root"
  cp -a --reflink=auto "$work/platform-root" "$root"
  cp --remove-destination -L /etc/resolv.conf "$root/etc/resolv.conf"
  mount --bind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  trap 'umount "$work/sdk-root/proc" "$work/sdk-root/dev"' EXIT
  chroot "$root" apt-get -qq update
  local words
  read -r -d '' -a words <<<"$sdk_packages" || true
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -qq -y --no-install-recommends \
    -o Dpkg::Options::=--force-unsafe-io install "${words[@]}" >/dev/null
  # flatpak-builder before 1.3 asks the Sdk for appstream-compose; Debian has it up to 13
  if ! chroot "$root" apt-get -qq -y --no-install-recommends install appstream-util >/dev/null 2>&1; then
    printf '#!/bin/sh\nexit 0\n' >"$root/usr/bin/appstream-compose"
    chmod 755 "$root/usr/bin/appstream-compose"
  fi
  umount "$root/proc" "$root/dev"
  trap - EXIT
}

export_runtime() { # ROOT ID
  local root=$1 id=$2 dir=$work/$2
  rm -rf "$dir"
  mkdir -p "$dir/usr" "$dir/files"
  # Debian is merged-usr: /usr becomes the runtime, /etc goes to /usr/etc
  cp -al "$root/usr/." "$dir/usr/"
  cp -a "$root/etc" "$dir/usr/etc"
  # an empty ld.so.conf makes flatpak write one that has /app/lib in it
  : >"$dir/usr/etc/ld.so.conf"
  (
    cd "$dir/usr"
    rm -rf etc/{passwd,group,shadow,gshadow,subuid,subgid}{,-} etc/{resolv.conf,hosts,hostname,machine-id,mtab} \
      etc/{apt,dpkg,cron.d,cron.daily,systemd,init.d,pam.d,security,localtime,timezone} etc/rc*.d \
      games src local lib/{apt,dpkg,systemd,init,udev} share/{bug,doc-base,common-licenses}
  )
  find "$dir/usr" \( -type b -o -type c -o -type p -o -type s \) -delete
  # copies, as the files are hard links to the root's
  find "$dir/usr" -perm /6000 -type f -exec sh -c \
    'for f; do cp -p "$f" "$f.x" && mv "$f.x" "$f" && chmod a-s "$f"; done' _ {} +
  cat >"$dir/metadata" <<EOF
[Runtime]
name=$id
runtime=org.gnome.Platform/$arch/$branch
sdk=org.gnome.Sdk/$arch/$branch

[Environment]
XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share:/run/host/user-share:/run/host/share
EOF
  flatpak build-export --runtime --disable-sandbox --arch="$arch" "$repository" "$dir" "$branch" >/dev/null
  rm -rf "$dir"
}

mkdir -p "$work"
# bare-user-only: files are stored as they are, so that export and install are quick
[ -d "$repository/objects" ] || ostree init --mode=bare-user-only --repo="$repository"
if [ ! -e "$work/platform-root/.done" ]; then
  rm -rf "$work/platform-root"
  mmdebstrap "${options[@]}" --include="$(join "$platform_packages")" "$suite" "$work/platform-root"
  touch "$work/platform-root/.done"
fi
export_runtime "$work/platform-root" org.gnome.Platform
if [ ! -e "$work/sdk-root/.done-sdk" ]; then
  make_sdk_root
  touch "$work/sdk-root/.done-sdk"
fi
export_runtime "$work/sdk-root" org.gnome.Sdk
flatpak build-update-repo "$repository" >/dev/null
