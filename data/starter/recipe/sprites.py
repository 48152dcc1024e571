# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts the picture set into sprites: one premultiplied RGBA picture for every concept and size.

A sprite's longer side is exactly its size, it stands on the lower edge of a square canvas and is
centred between left and right, so that wherever the lattice puts it, it falls into the same tiles.
"""
import io
import tarfile

import numpy as np
from PIL import Image

from . import concepts
from .paths import WORK, work
from .presets import SIZES, preset

FAINT = 20  # alpha below which a pixel does not count as part of the sprite


def pictures():
    """Code points -> RGBA picture of the 3D set."""
    found = {}
    with tarfile.open(WORK / "npm/lobehub-fluent-emoji-3d-1.1.0.tgz") as tar:
        for member in tar:
            if member.name.endswith(".webp"):
                codes = member.name.rsplit("/", 1)[1][:-5].replace("-fe0f", "")
                found[codes] = tar.extractfile(member).read()
    return found


def fit(picture, size):
    """Crop to what is visible, scale so that the longer side is `size`, stand it on a square."""
    rgba = np.asarray(picture.convert("RGBA"), np.float32)
    ys, xs = np.where(rgba[..., 3] > FAINT)
    rgba = rgba[ys.min():ys.max() + 1, xs.min():xs.max() + 1]
    rgba[..., :3] *= rgba[..., 3:] / 255  # premultiplied, so that scaling mixes no hidden colours
    h, w = rgba.shape[:2]
    new_w, new_h = (max(1, round(v * size / max(h, w))) for v in (w, h))
    bands = [np.asarray(Image.fromarray(rgba[..., c]).resize((new_w, new_h), Image.LANCZOS)) for c in range(4)]
    canvas = np.zeros((size, size, 4), np.float32)
    x = (size - new_w) // 2
    canvas[size - new_h:, x:x + new_w] = np.stack(bands, -1)
    canvas = canvas.clip(0, 255).round()
    canvas[..., :3] = np.minimum(canvas[..., :3], canvas[..., 3:])
    return canvas.astype(np.uint8)


def load():
    """Size -> (concepts, size, size, 4) uint8."""
    with np.load(WORK / "sprites.npz") as file:
        return {size: file[str(size)] for size in SIZES}


def main():
    found = pictures()
    table = concepts.load(preset().core_only)
    opened = [Image.open(io.BytesIO(found[c.codes])) for c in table]
    np.savez(work("sprites.npz"), **{str(s): np.stack([fit(p, s) for p in opened]) for s in SIZES})
    print(len(table), "concepts in", len(SIZES), "sizes")


if __name__ == "__main__":
    main()
