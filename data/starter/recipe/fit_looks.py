# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what each look of looks.py does to the code vectors of a picture.

The picture decoder is shown nothing new: it draws the vectors of tiles that were recoloured before they became
vectors as well as those of any others, though no code has such vectors.  So a look is a small network that
makes these of those, v' = keep * v + out (swish (in (v) + bias)) in every cell, found by least squares in a
minute.  What it does is nearly linear: `in` holds the strongest directions of the best linear map.
"""
import time

import numpy as np
import torch
import torch.nn.functional as F

from . import background, concepts, looks
from .presets import GRID, TILE, preset
from .scenes import Grammar
from .schedule import n_cores, save, use_cores
from .tiles import Tokens, cut
from .train_decoder import KINDS

NAME = "looks.pt"
N_EXAMPLES = 90  # scenes that each look is found on
FIRST_SEED = 1 << 42
THINGS = 3.0  # cells that show things count so much more
STRAIGHT = 3.0  # moves what enters a swish to where it is nearly straight
SHUT = -30.0  # bias of hidden numbers that a cell's kind has no use for
RIDGE = 1e-3, 1e-6  # of the linear map and of the last fit
# hidden numbers for (backgrounds, things), cells a side that are looked at
TINT = 0, 64, 1
STYLES = {"watercolor": (16, 48, 3), "sticker": (2, 94, 3)}
STYLE = 20, 44, 1


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
                back = np.where(is_thing, 0, np.array([*looks.SHEET, 255], np.float32)) * (1 - share) + rim
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


def solve(x, y, weight, ridge):
    """The linear map from x to y, by weighted ridge regression."""
    square = x.T @ (x * weight)
    square.diagonal().add_(ridge * square.diagonal().mean())
    return torch.linalg.solve(square, x.T @ (y * weight))


def around(cells):
    """(B, h, w, n) -> (B h w, n size size) of 3 x 3 cells, zeros beyond the edge, as a convolution wants them."""
    return F.unfold(cells.permute(0, 3, 1, 2), 3, padding=1).transpose(1, 2).flatten(0, 1)


class Look:
    """The network of one look, fitted to what x (B, h, w, E) shall become, y; `is_thing` (B, h, w)."""

    def __init__(self, name, x, y, is_thing):
        n_ground, n_thing, self.size = TINT if name in looks.TINTS else STYLES.get(name, STYLE)
        n, e = n_ground + n_thing, x.shape[-1]
        self.keep, self.bias, self.into = torch.ones(2, e), torch.full((2, n), SHUT), torch.zeros(n, e)
        for kind, of_kind, slots in ((0, ~is_thing, slice(0, n_ground)), (1, is_thing, slice(n_ground, n))):
            if slots.stop == slots.start:
                continue
            cells = x[of_kind]
            self.keep[kind] = self.kept(cells, y[of_kind])
            change = y - self.keep[kind] * x
            if self.size == 3 and kind == 1:  # what happens beside a thing is the thing's work, too
                beside = around((y - x) * ~is_thing[..., None]).view(*x.shape[:3], -1)
                change = torch.cat([change, beside], -1)
            self.direct(kind, slots, cells, change[of_kind])
        weight = torch.where(is_thing.flatten()[:, None], THINGS, 1.0)
        rest = (y - self.kept_of(x, is_thing)).flatten(0, 2)
        self.out = solve(self.hidden(x, is_thing), rest, weight, RIDGE[1]).T

    @staticmethod
    def kept(x, y):
        """How much of each component stays."""
        x, y = x - x.mean(0), y - y.mean(0)
        return ((x * y).sum(0) / x.square().sum(0).clamp(min=1e-3)).clamp(0, 1)

    def direct(self, kind, slots, x, change):
        """Sets hidden numbers to the strongest directions of the map from x to the change; the last is a constant."""
        n = slots.stop - slots.start - 1
        middle = x.mean(0)
        x, change = x - middle, change - change.mean(0)
        best = solve(x, change, torch.ones(len(x), 1), RIDGE[0])
        triangle = torch.linalg.qr(x, mode="r")[1]  # x @ best has the same last factor, and is longer
        ways = best @ torch.linalg.svd(triangle @ best, full_matrices=False)[2][:n].T
        ways = ways / (x @ ways).std(0)
        self.into[slots][:n] = ways.T
        self.bias[kind, slots] = STRAIGHT
        self.bias[kind, slots][:n] -= middle @ ways

    def kept_of(self, x, is_thing):
        return torch.where(is_thing[..., None], self.keep[1], self.keep[0]) * x

    def hidden(self, x, is_thing):
        """The hidden numbers (B h w, n size size) that each cell sees."""
        hidden = F.silu(x @ self.into.T + torch.where(is_thing[..., None], self.bias[1], self.bias[0]))
        return around(hidden) if self.size == 3 else hidden.flatten(0, 2)

    def apply(self, x, is_thing):
        """x (B, h, w, E) in this look."""
        return self.kept_of(x, is_thing) + (self.hidden(x, is_thing) @ self.out.T).view(x.shape)

    def state(self):
        return {"keep.weight": self.keep.flatten(), "in.weight": self.into, "in.bias": self.bias.flatten(), "out.weight": self.out}


def examples(tokens, n):
    """Tokens (B, 16, 16) of scenes without looks."""
    grammar = Grammar(concepts.load(preset().core_only), KINDS)
    return np.stack([tokens.tokens(tokens.settle(grammar.scene(FIRST_SEED + i))).reshape(GRID, GRID) for i in range(n)])


def fit(tokens, names=looks.LOOKS, n=N_EXAMPLES):
    """Yields the name of each look, its network, and the share of the change that it leaves out."""
    retouch, grids = Retouch(tokens), examples(tokens, n)
    codes = torch.from_numpy(background.vectors(tokens)).float()
    x, is_thing = codes[torch.from_numpy(grids)], torch.from_numpy(grids >= tokens.n_background)
    for name in names:
        y = torch.from_numpy(np.stack([retouch.vectors(grid, [name]) for grid in grids])).float()
        look = Look(name, x, y, is_thing)
        yield name, look, float((look.apply(x, is_thing) - y).square().sum() / (y - x).square().sum())


def main():
    use_cores(n_cores())
    started, state, sizes = time.time(), {}, []
    for i, (name, look, left) in enumerate(fit(Tokens())):
        print(f"{name}: {left:.1%} of the change left out", flush=True)
        state.update({f"looks.{i}.{key}": value for key, value in look.state().items()})
        sizes.append(look.size)
    save(NAME, average=state, sizes=sizes)
    print(f"{time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
