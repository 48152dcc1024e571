# SPDX-License-Identifier: GPL-3.0-or-later
"""How things are coloured and in which style a picture is drawn.

Neither needs tokens of its own for every tile: a look is one token, the first of the picture that shows
background.  It shows nothing itself; what it does to the code vectors of the whole picture is fit_looks.py's,
the text model learns which words ask for it.
"""
import numpy as np
import torch
import torch.nn.functional as F

# What is read as colour of things.  Black and white leave room to see what it is.
TINTS = {
    "white": (246, 246, 250), "black": (46, 46, 54), "red": (226, 44, 40), "orange": (250, 140, 30),
    "yellow": (250, 214, 50), "green": (66, 178, 66), "blue": (50, 104, 226), "light blue": (120, 196, 250),
    "purple": (140, 76, 214), "pink": (250, 140, 190), "grey": (150, 150, 156), "brown": (134, 88, 54),
}
# style -> what stands before and behind the words that ask for it
STYLES = {
    "black and white": (["a black and white picture of"], ["black and white"]),
    "vintage": (["a vintage photo of"], ["vintage"]),
    "watercolor": (["a watercolor of"], ["watercolor"]),
    "pixel art": (["a pixel art of"], ["pixel art"]),
    "sketch": (["a sketch of"], ["sketch"]),
    "sticker": (["a sticker of"], ["sticker"]),
}
LOOKS = (*TINTS, *STYLES)
LAST = 831  # background codes from here down are free for looks
MOST = 2  # looks of a picture: a colour and a style
RIM, SOFT = 9, 6  # pixels of white around a sticker, and of its fading: sharp edges between cells come out badly
SHEET = (184, 198, 214)  # what stickers lie on
PAPER = 0.97  # how white what sketches are drawn on is
OF_THINGS = ("sketch", "sticker")  # styles that know things from what is behind them
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


def token(look):
    return LAST - LOOKS.index(look)


def look(token_of):
    """The look that a token stands for, or nothing."""
    at = LAST - int(token_of)
    return LOOKS[at] if 0 <= at < len(LOOKS) else None


def mark(grid, n_background, looks):
    """Puts looks on the first tokens of (h, w) that show background."""
    free = np.flatnonzero(grid.reshape(-1) < n_background)
    marked = grid.copy()
    for at, name in zip(free, looks):
        marked.reshape(-1)[at] = token(name)
    return marked


def tinted(tile, name):
    """Premultiplied RGBA in a colour: what is darker stays darker, what shines stays bright."""
    alpha = tile[..., 3:].astype(np.float32) / 255
    shade = (tile[..., :3] @ LUMINANCE)[..., None] / 255 / np.maximum(alpha, 1 / 255)
    color = np.array(TINTS[name], np.float32) / 255
    out = color * (0.3 + 0.95 * np.minimum(shade, 0.8))
    out = out + (1 - out).clip(0) * ((shade - 0.8) / 0.2).clip(0, 1) * 0.6
    return np.concatenate([(out.clip(0, 1) * alpha * 255).round(), tile[..., 3:]], -1).astype(np.uint8)


def around(alpha):
    """How much of the rim of a sticker covers each pixel around what has `alpha` (H, W) of 0 to 1."""
    wide = F.max_pool2d(torch.from_numpy(alpha)[None].float(), 2 * RIM + 1, 1, RIM)
    return F.avg_pool2d(wide, 2 * SOFT + 1, 1, SOFT)[0].numpy()[..., None]


def drawn(x, name):
    """Opaque colours (H, W, 3), 0 to 1, in a style that needs to know nothing else."""
    grey = x @ LUMINANCE
    if name == "black and white":
        return np.repeat(grey[..., None], 3, 2)
    if name == "vintage":
        return (0.16 + 0.84 * grey[..., None]) * np.array([1.0, 0.86, 0.64], np.float32)
    if name == "watercolor":
        soft = F.avg_pool2d(torch.from_numpy(x).permute(2, 0, 1)[None].float(), 7, 1, 3, count_include_pad=False)[0]
        return 0.62 * (0.5 * soft.permute(1, 2, 0).numpy() + 0.5 * x) + 0.38
    if name == "pixel art":
        h, w, c = x.shape
        return x.reshape(h // 8, 8, w // 8, 8, c).mean((1, 3)).repeat(8, 0).repeat(8, 1)
    raise KeyError(name)


def pencilled(color, alpha):
    """What a pencil leaves of premultiplied colours (H, W, 3) and alpha (H, W, 1)."""
    return np.repeat((0.75 * (color @ LUMINANCE))[..., None], 3, 2) + 0.22 * alpha


def apply(front, back, looks):
    """Things (H, W, 4), premultiplied, and the background (H, W, 3), both uint8, as a finished picture."""
    for name in looks:
        front = tinted(front, name) if name in TINTS else front
    alpha = front[..., 3:].astype(np.float32) / 255
    back = back.astype(np.float32) / 255
    if "sticker" in looks:
        share = around(alpha[..., 0])
        back = np.array(SHEET, np.float32) / 255 * (1 - share) + share
    color = front[..., :3].astype(np.float32) / 255
    if "sketch" in looks:
        color, back = pencilled(color, alpha), np.full_like(back, PAPER)
    picture = color + back * (1 - alpha)
    for name in looks:
        picture = drawn(picture, name) if name in STYLES and name not in OF_THINGS else picture
    return (picture.clip(0, 1) * 255).round().astype(np.uint8)
