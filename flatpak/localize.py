#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The released manifest with sources and a runtime that are on this machine.

Usage: localize.py MANIFEST OUTPUT BRANCH SOURCE_DIR NAME=ARCHIVE…
Modules that a NAME names take that archive; Limn itself takes SOURCE_DIR.
"""
import hashlib
import json
import os
import sys


def load_module(module, folder):
    if isinstance(module, str):
        with open(os.path.join(folder, module), encoding="utf-8") as file:
            return json.load(file)
    return module


def main(manifest_path, output_path, branch, source_dir, *archives):
    folder = os.path.dirname(manifest_path)
    paths = dict(archive.split("=", 1) for archive in archives)
    with open(manifest_path, encoding="utf-8") as file:
        manifest = json.load(file)
    manifest["runtime-version"] = branch
    manifest["modules"] = [load_module(module, folder) for module in manifest["modules"]]
    for module in manifest["modules"]:
        path = paths.get(module["name"])
        if path:
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            module["sources"] = [{"type": "archive", "path": path, "sha256": digest}]
        elif module["name"] == "limn":
            module["sources"] = [{"type": "dir", "path": source_dir}]
    with open(output_path, "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=4)


main(*sys.argv[1:])
