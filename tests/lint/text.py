#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text files are plain: UTF-8, no invisible characters, no stray blanks, licensed, not too long.

Usage: text.py SOURCE_ROOT
"""
import os
import re
import sys

ROOTS = ["engine", "src", "tests", "data", "po", "flatpak", ".ci"]
TOP = ["dev", "meson.build", "meson_options.txt", "README.md", "ARCHITECTURE.md", "HACKING.md",
       "CHANGELOG.md", "SECURITY.md"]
BINARY = (".png", ".gguf", ".npy", ".pt", ".msgpack", ".ttf", ".otf", ".woff2", ".xz", ".gz", ".bin",
          ".webp", ".jpg", ".npz", ".zip",
          ".inc", ".gvariant")  # generated tables
# folders whose files are data, some of them broken on purpose
DATA = ("tests/golden", "tests/fuzz/corpus", "tests/fuzz/crashers", "tests/data", "data/starter/_work", "data/lexicon/_packages")
# a joiner after an emoji makes one sign of two, and is no trick
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
                       "|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 60


def files(root):
    for name in TOP:
        if os.path.exists(os.path.join(root, name)):
            yield name
    for top in ROOTS:
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders[:] = [f for f in folders if f != "__pycache__"]
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), root)
                if not path.endswith(BINARY) and not path.startswith(DATA):
                    yield path


def check_plain(path, text):
    if INVISIBLE.search(text):
        yield "invisible character"
    if "\r" in text:
        yield "carriage return"
    if text and not text.endswith("\n"):
        yield "no line end at the end"
    if path.endswith((".po", ".pot", ".txt", ".json", ".csv", ".tsv")):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"line {number}: blanks at the end"
        if "\t" in line and path.endswith((".c", ".h", ".py", ".build")):
            yield f"line {number}: tab"


def check_c(path, text, allowed):
    lines = text.split("\n")
    if not lines[0].startswith("/* SPDX-License-Identifier: GPL-3.0-or-later */"):
        yield "the first line is not the licence"
    if len(lines) > MAX_FILE_LINES and path not in allowed:
        yield f"{len(lines)} lines: split it"
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            length = number - start - 1
            name = function_name(lines, start)
            if length > MAX_FUNCTION_LINES and f"{path}:{name}" not in allowed:
                yield f"line {start}: {name} has {length} lines: split it"
            start = None


def function_name(lines, start):
    """The name before the brace in line `start`, in the layout of clang-format."""
    for line in reversed(lines[max(0, start - 15):start - 1]):
        match = re.match(r"^(\w+) \(", line)
        if match:
            return match.group(1)
    return "?"


def main(root):
    allow_path = os.path.join(root, "tests/lint/allow-long.txt")
    with open(allow_path, encoding="utf-8") as lines:
        allowed = {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}
    complaints = 0
    for path in sorted(files(root)):
        try:
            with open(os.path.join(root, path), encoding="utf-8", newline="") as file:
                text = file.read()
        except UnicodeDecodeError:
            print(f"{path}: not UTF-8")
            complaints += 1
            continue
        found = list(check_plain(path, text))
        if path.endswith((".c", ".h")):
            found += check_c(path, text, allowed)
        for what in found:
            print(f"{path}: {what}")
        complaints += len(found)
    return 1 if complaints else 0


sys.exit(main(sys.argv[1]))
