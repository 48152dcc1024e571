# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives a finished picture decoder the looks of looks.py, where it is cheapest: in its 16x16 cells.

The decoder is its own teacher.  Shown code vectors of tiles that were recoloured before they became vectors, it
draws recoloured pictures already, though no code has such vectors.  So its first layers, shown the codes
there are and a look beside them, only have to make of these what they make of the others: look_weights.py
and look_gates.py fit them to that by least squares, in two minutes.  Training by small steps made it worse.
"""
import time

import numpy as np
import torch

from . import background, concepts, look_gates, look_weights, looks
from .presets import GRID, TILE, preset
from .scenes import Grammar
from .schedule import load, n_cores, save, use_cores
from .tiles import Tokens, cut
from .train_decoder import CHECKPOINT, KINDS, look_up
from .vqgan import Pixels

N_EXAMPLES = 30  # scenes of each look that the weights are fitted on
PLAIN = 3  # times as many without looks
THINGS = 3.0  # cells that show things count so much more


class Retouch:
    """Makes the code vectors of tiles in another look."""

    def __init__(self, tokens):
        self.tokens, self.n = tokens, tokens.n_background
        self.tiles = (tokens.pictured(tokens.codes).clip(0, 1) * 255).round().astype(np.uint8)
        self.tiles[: self.n, ..., 3] = 255
        self.tiles[..., :3] = np.minimum(self.tiles[..., :3], self.tiles[..., 3:])

    def layer(self, grid):
        """The tiles of (h, w) tokens as one RGBA picture."""
        h, w = grid.shape
        return self.tiles[grid].swapaxes(1, 2).reshape(h * TILE, w * TILE, 4)

    def retouched(self, grid, names):
        """As layer(), with looks."""
        rgba, is_thing = self.layer(grid), (grid >= self.n).repeat(TILE, 0).repeat(TILE, 1)[..., None]
        for name in names:
            if name in looks.TINTS:
                rgba = np.where(is_thing, looks.tinted(rgba, name), rgba)
            elif name == "sticker":
                share = looks.around(np.where(is_thing, rgba, 0)[..., 3].astype(np.float32) / 255)
                rim = np.concatenate([share * 255] * 4, -1)
                back = np.where(is_thing, 0, rgba.astype(np.float32)) * (1 - share) + rim
                front = np.where(is_thing, rgba, 0).astype(np.float32)
                rgba = (front + back * (1 - front[..., 3:] / 255)).round().clip(0, 255).astype(np.uint8)
            elif name == "sketch":
                alpha = rgba[..., 3:].astype(np.float32) / 255
                grey = np.concatenate([looks.pencilled(rgba[..., :3].astype(np.float32) / 255, alpha), alpha], -1)
                paper = np.array([looks.PAPER] * 3 + [1.0], np.float32)
                rgba = (np.where(is_thing, grey, paper).clip(0, 1) * 255).round().astype(np.uint8)
            else:
                rgba = self.styled(rgba, name)
        return rgba

    def styled(self, rgba, name):
        """A style that is the same for things and what is behind them."""
        alpha = rgba[..., 3:].astype(np.float32) / 255
        color = rgba[..., :3].astype(np.float32) / 255
        if name != "pixel art":
            color = color / np.maximum(alpha, 1 / 255)
        out = looks.drawn(color.clip(0, 1), name).clip(0, 1)
        if name == "pixel art":
            alpha = looks.drawn(np.repeat(alpha, 3, 2), name)[..., :1]
        else:
            out = out * alpha
        return (np.concatenate([out, alpha], -1) * 255).round().astype(np.uint8)

    def vectors(self, grid, names):
        """(h, w) tokens -> vectors (h, w, E) of their tiles in that look."""
        rgba = cut(self.retouched(grid, names)).reshape(-1, TILE, TILE, 4)
        is_ground = (grid < self.n).reshape(-1)
        vectors = self.tokens.features(rgba, False)
        vectors[:, -1] = np.where(is_ground, 1.0, -1.0)
        return background.marked(vectors, rgba[is_ground, ..., :3].mean((1, 2)) / 255, is_ground).reshape(*grid.shape, -1)


def lesson(tokens, retouch, scene, names):
    """Of a scene: tokens with these looks, vectors in them, where things are."""
    grid = tokens.tokens(scene).reshape(GRID, GRID)
    return looks.mark(grid, tokens.n_background, names), retouch.vectors(grid, names), grid >= tokens.n_background


def lessons(tokens, n):
    """n scenes of each look: tokens (B, 16, 16), vectors (B, E, 16, 16), where things are, and which look (0: none)."""
    grammar, retouch, found, labels = Grammar(concepts.load(preset().core_only), KINDS), Retouch(tokens), [], []
    for i, name in enumerate([None] * PLAIN + list(looks.LOOKS)):
        for k in range(n):
            scene = tokens.settle(grammar.scene((1 << 42) + i * n + k))
            found.append(lesson(tokens, retouch, scene, [name] if name else []))
            labels.append(max(0, i + 1 - PLAIN))
    grids, vectors, shown = (torch.from_numpy(np.stack(part)) for part in zip(*found))
    return grids, vectors.permute(0, 3, 1, 2), shown, torch.tensor(labels)


def cells(pixels, vectors):
    """What leaves the 16x16 cells, (B, C, h, w)."""
    return pixels.decoder.up[-1](pixels.decoder.mid(pixels.decoder.conv_in(pixels.post_quant_conv(vectors))))


def fit(model, tokens, n):
    """Fits the looks of a decoder that has none; returns the mean error of cells, before and after, of its first."""
    codes = torch.from_numpy(background.vectors(tokens)).float()
    grids, vectors, shown, labels = lessons(tokens, n)
    wanted = look_gates.each(lambda v: cells(model, v), vectors)
    weight = torch.where(shown, THINGS, 1.0)
    gain = model.decoder.up[-1].upsample.conv.weight.detach().square().sum((0, 2, 3))
    gain = gain / gain.mean()
    error = lambda: float(((look_gates.each(lambda g: cells(model, look_up(codes, g)), grids) - wanted).square()
                           * gain[:, None, None] * weight[:, None]).mean())
    before = error()
    look_weights.start(model, codes, look_up(codes, grids[:N_EXAMPLES]))
    look_gates.start(model, look_up(codes, grids), wanted, labels, weight, gain)
    return before, error()


def main():
    use_cores(n_cores())
    model, started = Pixels(preset()), time.time()
    model.load_state_dict(load(CHECKPOINT)["average"])
    if look_weights.are_there(model):
        print("this decoder has its looks")
        return
    before, after = fit(model, Tokens(), N_EXAMPLES)
    print(f"error of cells that should show a look: {before:.3f}, now {after:.3f}; {time.time() - started:.0f} s")
    save(CHECKPOINT, model=model.state_dict(), average=model.state_dict())


if __name__ == "__main__":
    main()
