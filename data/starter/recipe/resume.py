# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes training checkpoints of a finished model file, so that training can go on from it.

The file is the program's own (GGUF, see engine/model): matrices of 8-bit numbers lie in blocks of 16
rows by 4 columns and have one scale a row; everything else lies as PyTorch has it.
"""
import argparse
import json
import zlib
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader

from . import background, concepts, fit_looks
from .bart import Bart
from .codes import assign
from .encoder import Codes
from .paths import HERE, WORK, work
from .presets import preset
from .schedule import save
from .tiles import Tokens
from .vqgan import Pixels

PEAK = 0.6  # of the learning rates of the first training, unless told otherwise
FIRST_SEED = 1 << 20  # of scenes not met before; from there on, another for every file


def matrix(blocks, scale, n_rows):
    """(rows / 16, columns / 4, 16, 4) and (rows,) -> (rows, columns)"""
    rows = blocks.swapaxes(1, 2).reshape(len(scale), -1)
    return (rows * scale[:, None])[:n_rows]


def read(reader):
    """Name -> float array, as the program computes with it."""
    raw = {t.name: np.asarray(t.data).reshape([int(n) for n in t.shape[::-1]]) for t in reader.tensors}
    out = {}
    for name, data in raw.items():
        if name.endswith(".scale"):
            continue
        scale = raw.get(name.removesuffix("weight") + "scale")
        out[name] = data.astype(np.float32) if scale is None else matrix(data.astype(np.float32), scale, len(scale))
    return {name: torch.from_numpy(data) for name, data in out.items()}


def fill(model, weights, prefix=""):
    """The model's state out of a file's weights; rows that only fill up a block are left out."""
    state = {}
    for name, like in model.state_dict().items():
        data = weights[prefix + name]
        state[name] = data[: len(like)].reshape(like.shape).clone()
    model.load_state_dict(state)
    return state


def adopt_codes(weights):
    """Puts the file's codes in place of those that codes.py made: k-means comes out otherwise on every
    processor.  The basis of the code vectors must be the same one but for signs; backgrounds, which are not
    clustered, show that.
    """
    with np.load(WORK / "codes.npz") as file:
        own = dict(file)
    tokens, n = Tokens(), int(own["n_background"])
    codes = weights["vqgan.embedding.weight"].numpy()
    signs = np.where((own["codes"][:n, :-1] * codes[:n, :-1]).sum(0) < 0, -1, 1).astype(np.float32)
    own["basis"] *= signs
    own["codes"][:n, :-1] *= signs
    tokens.basis, tokens.codes = own["basis"], own["codes"]
    off = np.abs((background.vectors(tokens) - codes)[:n]).max()
    print(f"code vectors of backgrounds differ by {off:.4f} at most, of {np.abs(codes).max():.1f}")
    if off > 0.02 * np.abs(codes).max():
        raise SystemExit("codes.npz has another basis than the codes that this model was trained with")
    own["codes"][n:] = codes[n:]
    centres = torch.from_numpy(codes[n:, :-1] / own["scale"]).float()
    tiles = np.stack([tokens.sprites.tiles[int(c), int(size)][i, j] for c, size, i, j in own["sprite_tiles"]])
    flat = tiles.reshape(len(tiles), -1).astype(np.float32) / 255
    x = torch.from_numpy((flat - own["mean"]) @ own["basis"])
    owner = assign(x, centres)
    error = (x - centres[owner]).square().sum(1).mean() / 1024
    print(f"{len(centres)} codes of sprites: {-10 * float(error.log10()):.2f} dB")
    own["sprite_tokens"] = owner.numpy() + n
    np.savez(WORK / "codes.npz", **own)


def looks_of(reader, weights):
    """What looks do, as fit_looks.py saves it; nothing if the file has none."""
    lists = [reader.fields[f"vqgan.looks.{name}"].contents() for name in ("widths", "sizes")
             if f"vqgan.looks.{name}" in reader.fields]
    state = {}
    for i, (width, size) in enumerate(zip(*lists)):
        of_look = {name: weights[f"vqgan.looks.{i}.{name}"] for name in ("keep.weight", "in.weight", "in.bias", "out.weight")}
        of_look["in.weight"], of_look["out.weight"] = of_look["in.weight"][:width], of_look["out.weight"][:, : width * size * size]
        state.update({f"looks.{i}.{name}": data.contiguous() for name, data in of_look.items()})
    return {"average": state, "sizes": [int(size) for size in lists[1]]} if state else None


def write_words(fields):
    """The tokenizer that the model was trained with."""
    tokens = fields["tokenizer.ggml.tokens"].contents()
    work("vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
    merges = ["#version: 0.2", *fields["tokenizer.ggml.merges"].contents()]
    work("merges.txt").write_text("\n".join(merges) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default=HERE / "starter.gguf", type=Path)
    parser.add_argument("--peak", type=float, default=PEAK,
                        help="of the learning rates of the first training; a few hundred steps want about 0.15")
    a, p = parser.parse_args(), preset()
    torch.set_num_threads(1)
    reader = GGUFReader(a.file)
    weights = read(reader)
    adopt_codes(weights)
    write_words(reader.fields)
    state = fill(Bart(p), weights)
    even = torch.ones(len(concepts.load(p.core_only)))  # focus.py knows better
    save("transformer.pt", model=state, average=state, focus=even, peak=a.peak,
         first_seed=FIRST_SEED + zlib.crc32(a.file.read_bytes()) % FIRST_SEED)
    pixels = fill(Pixels(p), weights, "vqgan.")
    save("decoder.pt", model=pixels, average=pixels)
    save("encoder.pt", average=fill(Codes(p), weights, "vqgan."))
    found = looks_of(reader, weights)
    if found:
        save(fit_looks.NAME, **found)


if __name__ == "__main__":
    main()
