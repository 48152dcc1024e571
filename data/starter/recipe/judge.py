# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which things a picture shows and where, by laying every sprite on every place of the lattice.

A thing is found where its sprite explains the picture better than the background does; then the
sprite is taken for granted and the next one is looked for.  Nothing is trained, so nothing can be
learned wrong; `exam` tells how often it is right on scenes composed of true pixels.
"""
import sys
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from . import backgrounds, concepts
from .presets import SIZES, TILE, preset
from .scenes import Grammar
from .sprites import load
from .tiles import Composer

SHRINK = 4  # pictures are looked at in a quarter of their size
STEP = TILE // SHRINK
OPAQUE = 0.5
LEAST = 0.1  # of what the best thing explains: less is no thing
NOTHING = 4.0  # a gain that is no thing at all
BATCH = 16


@dataclass
class Found:
    concept: int
    size: int  # in tiles
    x: float  # centre, in pixels
    y: float
    gain: float  # squared error that it explains
    error: float  # root mean squared difference to the sprite, of full scale


def shrink(pixels):
    """(B, H, W, C) uint8 -> (B, C, H / 4, W / 4), 0 to 1."""
    x = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255
    return F.avg_pool2d(x, SHRINK)


def plain_ground(pictures):
    """The colour of a plain background, as the border has it: (B, 3, 1, 1)."""
    border = torch.cat([pictures[:, :, :2].flatten(2), pictures[:, :, :, :2].flatten(2), pictures[:, :, :, -2:].flatten(2)], 2)
    return border.median(2).values[..., None, None]


class Judge:
    def __init__(self):
        self.table = concepts.load(preset().core_only)
        self.sprites = {size: shrink(pictures) for size, pictures in load().items()}

    def fields(self, size, pictures, ground):
        """Error with and without each sprite at each place: two of (B, concepts, rows, columns)."""
        sprites = self.sprites[size]
        mask = (sprites[:, 3:] > OPAQUE).float()
        inside = sprites[:, :3] * mask
        conv = lambda x, kernel: F.conv2d(x, kernel, stride=STEP)
        energy = conv((pictures**2).sum(1, keepdim=True), mask)
        with_it = energy - 2 * conv(pictures, inside) + (inside**2).sum((1, 2, 3))[:, None, None]
        without = conv(((pictures - ground) ** 2).sum(1, keepdim=True), mask)
        return with_it, without, mask.sum((1, 2, 3))

    @torch.no_grad()
    def look(self, pixels, n, ground=None):
        """For each of (B, 256, 256, 3) uint8 the things that explain it best, in order, at most n."""
        pictures = shrink(pixels)
        ground = plain_ground(pictures).expand_as(pictures).clone() if ground is None else shrink(ground)
        found = [[] for _ in pictures]
        for _ in range(n):
            best = [None] * len(pictures)
            for size in SIZES:
                with_it, without, area = self.fields(size, pictures, ground)
                gain = (without - with_it).flatten(1)
                top = gain.argmax(1)
                rows, columns = with_it.shape[2:]
                for b, at in enumerate(top.tolist()):
                    c, y, x = at // (rows * columns), at // columns % rows, at % columns
                    if best[b] is None or gain[b, at] > best[b].gain:
                        error = float((with_it[b, c, y, x].clamp(min=0) / (3 * area[c])).sqrt())
                        best[b] = Found(c, size // TILE, x * TILE + size / 2, y * TILE + size / 2, float(gain[b, at]), error)
            for b, thing in enumerate(best):
                found[b].append(thing)
                self.put(ground[b], thing)
        return [[t for t in things if t.gain > max(NOTHING, LEAST * things[0].gain)] for things in found]

    def put(self, ground, thing):
        size = thing.size * TILE
        sprite = self.sprites[size][thing.concept]
        y, x = (int(v - size / 2) // SHRINK for v in (thing.y, thing.x))
        part = ground[:, y:y + size // SHRINK, x:x + size // SHRINK]
        part.copy_(sprite[:3] + part * (1 - sprite[3:]))


def exam(judge, n=200, kind="one"):
    """Share of composed scenes of a kind, on plain backgrounds, of which everything is named right."""
    composer, grammar = Composer(), Grammar(judge.table, {kind: 1})
    scenes = (composer.settle(grammar.scene((1 << 42) + i)) for i in range(100 * n))
    scenes = [s for s, _ in zip((s for s in scenes if s.background in backgrounds.PLAIN), range(n))]
    right = 0
    for i in range(0, n, BATCH):
        part = scenes[i:i + BATCH]
        found = judge.look(np.stack([composer.pixels(s) for s in part]), len(part[0].layers))
        right += sum({t.concept for t in f} == {layer.concept for layer in s.layers} for f, s in zip(found, part))
    return right / n


if __name__ == "__main__":
    torch.set_num_threads(1)
    for kind in ("one", "two"):
        print(f"true pixels named right, {kind}: {exam(Judge(), int((sys.argv[1:] or [200])[0]), kind):.3f}")
