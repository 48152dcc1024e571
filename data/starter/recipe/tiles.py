# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns scenes into tokens and pixels.

A token stands for one 16x16 tile.  Tiles of sprites are RGBA and know nothing of the background
behind them; tiles where only background shows have codes of their own.  codes.py decides which
tiles share a code; the picture decoder learns to let the background through.
"""
from functools import lru_cache

import numpy as np

from . import backgrounds, looks, sprites
from .paths import WORK
from .presets import GRID, TILE

FAINT = 24  # a tile whose alpha stays below this shows background only


def cut(picture):
    """(h, w, C) -> (h / 16, w / 16, 16, 16, C)"""
    h, w, c = picture.shape
    return picture.reshape(h // TILE, TILE, w // TILE, TILE, c).swapaxes(1, 2)


def over(front, back):
    """Put premultiplied RGBA tiles on others, uint8."""
    keep = 255 - front[..., 3:].astype(np.int32)
    return (front + (back.astype(np.int32) * keep + 127) // 255).clip(0, 255).astype(np.uint8)


class Sprites:
    """Sprite tiles by (concept, size in tiles), and where a hat sits on each sprite."""

    def __init__(self):
        self.tiles = {}
        for size, all_of_size in sprites.load().items():
            for i, picture in enumerate(all_of_size):
                self.tiles[i, size // TILE] = cut(picture)

    @lru_cache(maxsize=None)
    def visible(self, concept, size):
        """The cells (row, column) in which the sprite shows."""
        cells = np.argwhere(self.tiles[concept, size][..., 3].max((2, 3)) > FAINT)
        return [(int(i), int(j)) for i, j in cells]

    @lru_cache(maxsize=None)
    def top(self, concept, size):
        """Where the sprite's top is: centre column (a fraction) and row of tiles."""
        alpha = self.tiles[concept, size][..., 3].swapaxes(1, 2).reshape(size * TILE, size * TILE)
        rows = np.where(alpha.max(1) > 60)[0]
        band = alpha[rows[0]:rows[0] + TILE]
        return np.where(band.max(0) > 60)[0].mean() / TILE, rows[0] // TILE


class Composer:
    """Scene -> tiles of the foreground (16, 16, 16, 16, 4), tiles of the background, pixels, tokens."""

    def __init__(self):
        self.sprites = Sprites()

    def settle(self, scene):
        """Move hats onto heads and upper things down onto the lower ones: sprites differ in height."""
        if scene.relation in ("above", "below"):
            upper, lower = sorted(scene.layers, key=lambda layer: layer.y + layer.size)
            centre, row = self.sprites.top(lower.concept, lower.size)
            overlap = 1 if scene.kind in ("ride", "hat") else 0
            upper.y = max(0, lower.y + row - upper.size + overlap)
            if scene.kind == "hat":
                upper.x = int(np.clip(round(lower.x + centre - upper.size / 2), 0, GRID - upper.size))
        return scene

    def placed(self, scene):
        """Lattice cell -> the sprite tiles lying on it, as (concept, size, row, column), back to front."""
        cells = {}
        for layer in scene.layers:
            for i, j in self.sprites.visible(layer.concept, layer.size):
                y, x = layer.y + i, layer.x + j
                if 0 <= y < GRID and 0 <= x < GRID:
                    cells.setdefault((y, x), []).append((layer.concept, layer.size, i, j))
        return cells

    def blend(self, stack):
        """The RGBA tile of the sprite tiles lying on one cell."""
        tile = None
        for concept, size, i, j in stack:
            part = self.sprites.tiles[concept, size][i, j]
            tile = part if tile is None else over(part, tile)
        return tile

    def ground(self, scene):
        return backgrounds.render(scene.background, scene.seed)

    def pixels(self, scene, cells=None, ground=None):
        """The finished picture, (256, 256, 3) uint8."""
        front = np.zeros((GRID * TILE, GRID * TILE, 4), np.uint8)
        for (y, x), stack in (cells or self.placed(scene)).items():
            front[y * TILE:(y + 1) * TILE, x * TILE:(x + 1) * TILE] = self.blend(stack)
        return looks.apply(front, self.ground(scene) if ground is None else ground, scene.looks)


class Tokens(Composer):
    """Scene -> 256 tokens, with the codes made by codes.py."""

    def __init__(self):
        super().__init__()
        with np.load(WORK / "codes.npz") as file:
            self.basis, self.mean, self.scale = file["basis"], file["mean"], file["scale"]
            self.codes, self.n_background = file["codes"], int(file["n_background"])
            owners, tokens = file["sprite_tiles"], file["sprite_tokens"]
        self.table = {tuple(int(v) for v in o): int(t) for o, t in zip(owners, tokens)}
        self.half = (self.codes**2).sum(1) / 2
        self.known = {}

    def features(self, tiles, is_background):
        """RGBA or RGB tiles -> the vectors that codes are compared in (before quantising)."""
        flat = tiles.reshape(len(tiles), -1, tiles.shape[-1]).astype(np.float32) / 255
        if flat.shape[-1] == 3:
            flat = np.concatenate([flat, np.ones_like(flat[..., :1])], -1)
        x = (flat.reshape(len(tiles), -1) - self.mean) @ self.basis * self.scale
        flag = np.full((len(tiles), 1), 1.0 if is_background else -1.0, np.float32)
        return np.concatenate([x, flag], 1)

    def pictured(self, codes):
        """The RGBA tiles (N, 16, 16, 4), 0 to 1, that code vectors (N, E) stand for."""
        return (codes[:, :-1] / self.scale @ self.basis.T + self.mean).reshape(-1, TILE, TILE, 4)

    def nearest(self, tile, is_background):
        key = tile.tobytes()
        if key not in self.known:
            span = slice(0, self.n_background) if is_background else slice(self.n_background, None)
            x = self.features(tile[None], is_background)[0]
            self.known[key] = span.indices(len(self.codes))[0] + int((self.codes[span] @ x - self.half[span]).argmax())
        return self.known[key]

    def tokens(self, scene, cells=None, ground=None):
        """The 256 tokens, row by row."""
        grid = cut(self.ground(scene) if ground is None else ground)
        cells = cells or self.placed(scene)
        if scene.background in backgrounds.PLAIN:
            out = np.full((GRID, GRID), self.nearest(grid[0, 0], True))
        else:
            keys = [self.nearest(tile, True) for tile in grid.reshape(-1, TILE, TILE, 3)]
            out = np.array(keys).reshape(GRID, GRID)
        for (y, x), stack in cells.items():
            out[y, x] = self.table[stack[0]] if len(stack) == 1 else self.nearest(self.blend(stack), False)
        return looks.mark(out, self.n_background, scene.looks).reshape(-1)
