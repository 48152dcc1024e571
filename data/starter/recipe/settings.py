# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the sampling settings of sample.py into a finished model file, whose weights stay as they are."""
import argparse
import os
import struct
from pathlib import Path

from gguf import GGUFReader, GGUFValueType

from .paths import HERE
from .sample import GUIDANCE, MIN_PROBABILITY, TEMPERATURE, TOP_K

PREFIX = "dallebart.sampling."
COUNT_AT = 16  # of the numbers of keys, in a GGUF header: after magic, version and number of tensors


def entry(key, value):
    """A key and its number as the file has them."""
    kind, form = (GGUFValueType.UINT32, "<I") if isinstance(value, int) else (GGUFValueType.FLOAT32, "<f")
    return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", kind) + struct.pack(form, value)


def rewritten(path, settings):
    """The bytes of the file with `settings` (name -> number) in place of those of the same names."""
    reader, data = GGUFReader(path), Path(path).read_bytes()
    fields = [f for name, f in reader.fields.items() if not name.startswith("GGUF.")]
    end = lambda f: f.offset + sum(part.nbytes for part in f.parts)
    wanted = {PREFIX + name: value for name, value in settings.items()}
    kept = [data[f.offset:end(f)] for f in fields if f.name not in wanted]
    keys = kept + [entry(name, value) for name, value in wanted.items()]
    infos = data[end(fields[-1]):reader.tensors[-1].field.offset + sum(p.nbytes for p in reader.tensors[-1].field.parts)]
    head = data[:COUNT_AT] + struct.pack("<Q", len(keys)) + b"".join(keys) + infos
    return head + bytes(-len(head) % int(reader.alignment)) + data[int(reader.data_offset):]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default=HERE / "starter.gguf", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="another file to write")
    for name, kind, value in (("guidance", float, GUIDANCE), ("top-k", int, TOP_K), ("temperature", float, TEMPERATURE),
                              ("min-probability", float, MIN_PROBABILITY)):
        parser.add_argument("--" + name, type=kind, default=value)
    a = parser.parse_args()
    output = a.output or a.file
    settings = {n: getattr(a, n) for n in ("guidance", "top_k", "temperature", "min_probability")}
    part = output.with_suffix(".part")
    part.write_bytes(rewritten(a.file, settings))
    os.replace(part, output)


if __name__ == "__main__":
    main()
