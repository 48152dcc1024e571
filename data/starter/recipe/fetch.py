# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches the picture set and the names it is labelled with, by package name, version and checksum."""
import hashlib
import subprocess

from .paths import WORK, work

PACKAGES = {  # file -> (package, sha256)
    "lobehub-fluent-emoji-3d-1.1.0.tgz": ("@lobehub/fluent-emoji-3d@1.1.0", "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58"),
    "emojibase-data-17.0.0.tgz": ("emojibase-data@17.0.0", "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a"),
}


def main():
    for name, (package, sha256) in PACKAGES.items():
        path = work(f"npm/{name}")
        if not path.exists():
            subprocess.run(["npm", "pack", "--silent", package], cwd=WORK / "npm", check=True)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != sha256:
            raise SystemExit(f"{path}: checksum {found} is not the expected {sha256}")
        print(f"{name}: ok")


if __name__ == "__main__":
    main()
