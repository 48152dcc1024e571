# SPDX-License-Identifier: GPL-3.0-or-later
"""Says in which colour or style a picture is drawn: its tiles are laid out anew in every one of them, and what
comes closest is the one.  What the picture's own tokens say of looks is hidden from it.
"""
import numpy as np

from . import looks
from .presets import TILE
from .fit_looks import Retouch


class LookJudge:
    def __init__(self, tokens):
        self.retouch, self.n = Retouch(tokens), tokens.n_background

    def without_looks(self, grid):
        """The tokens, a background in place of each look: the one beside or below it."""
        plain = grid.copy()
        for at, token in enumerate(grid.reshape(-1)):
            if looks.look(token) is not None:
                rest = grid.reshape(-1)[at + 1:]
                plain.reshape(-1)[at] = next(t for t in rest if t < self.n and looks.look(t) is None)
        return plain

    def nearest(self, picture, grid, names):
        """Which of the looks `names` (or None, for no look) the picture (256, 256, 3) is drawn in, by its tokens
        (16, 16).  Colours are looked for where things are."""
        grid = self.without_looks(grid)
        rgba, is_thing = self.retouch.layer(grid), (grid >= self.n).repeat(TILE, 0).repeat(TILE, 1)[..., None]
        front, back = np.where(is_thing, rgba, 0), self.behind(rgba, is_thing)
        where = is_thing[..., 0] if set(names) & set(looks.TINTS) else np.ones_like(is_thing[..., 0])
        if not where.any():
            return None
        error = {name: np.abs(looks.apply(front, back, (name,) if name else ()).astype(int) - picture)[where].mean()
                 for name in (None, *names)}
        return min(error, key=error.get)

    @staticmethod
    def behind(rgba, is_thing):
        """The background, its rows' middle colour behind things."""
        color = np.where(is_thing, np.nan, rgba[..., :3].astype(np.float32))
        middle = np.nan_to_num(np.nanmedian(color, 1, keepdims=True), nan=float(np.nanmedian(color)))
        return np.where(is_thing, middle, color).round().astype(np.uint8)
