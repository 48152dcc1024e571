# SPDX-License-Identifier: GPL-3.0-or-later
"""First weights of the picture decoder: it pastes the tile that each code stands for.

A code vector holds the principal components of an RGBA tile.  One straight path of the network,
from conv_in over the upsampling convolutions to conv_out, can unfold them: at each resolution a cell
carries the components of its smaller tile (8x8, 4x4, 2x2, 1x1 pixels).  Residual blocks begin by
adding nothing.  What lies behind the transparent parts of a tile is begun in background.py and left to learn.

Each norm group holds two constant channels, one positive, one negative: they keep the scale of the
group from following the picture, so that colours survive the norms.
"""
import numpy as np
import torch
from torch import nn

from . import background
from .concepts import load
from .groupnorm import GROUPS
from .presets import TILE, preset
from .scenes import Grammar
from .vqgan import Res

CONSTANT = 4.0
SPARE = {16: 16, 8: 16, 4: 12, 2: 8, 1: 16}  # channels left free to learn with, by pixels of a cell
N_EXAMPLES = 48  # scenes to fit the average of the background on
MIDDLE = 0.5  # colours are kept around nought
SHIFT = 4.0  # moves what enters the last swish to where it is nearly straight


class Layout:
    """Which channels of a level hold components, which are free and which constant."""

    def __init__(self, channels, side):
        each = channels // GROUPS
        plain = [c for c in range(channels) if c % each < each - 2]
        n = min(len(plain) - SPARE[side], 4 * side * side)
        self.content, self.mirror, self.spare = plain[:n], [], plain[n:]
        if side == 1:  # red, green, blue and alpha, and their negatives so that a group's mean is nought
            self.content, self.mirror = [0, 1, 2, each], [3, 4, 5, each + 1]
            self.spare = [c for c in plain if c not in self.content + self.mirror]
        self.plus = [g * each + each - 2 for g in range(GROUPS)]
        self.minus = [g * each + each - 1 for g in range(GROUPS)]


class Basis:
    """Principal components of the tiles of one size: tile = mean + basis @ components."""

    def __init__(self, tiles, n):  # (N, side, side, 4)
        x = tiles.reshape(len(tiles), -1)
        self.mean = x.mean(0)
        values, vectors = np.linalg.eigh(np.cov((x - self.mean).T))
        self.basis = vectors[:, ::-1][:, :n].astype(np.float32)


def quadrant(side, y, x):
    """Indices of a quarter of a flattened RGBA tile (side, side, 4)."""
    h, at = side // 2, np.arange(side * side * 4).reshape(side, side, 4)
    return at[y * h:(y + 1) * h, x * h:(x + 1) * h].reshape(-1)


def set_constants(bias, layout, at=lambda c: c):
    for sign, channels in ((1, layout.plus), (-1, layout.minus)):
        for c in channels:
            bias[at(c)] = sign * CONSTANT


def start_input(pixels, layout, order):
    """post_quant_conv passes the code vector on, conv_in puts its strongest components in place."""
    z = pixels.post_quant_conv
    z.weight.zero_(), z.bias.zero_()
    z.weight[:, :, 0, 0] = torch.eye(z.weight.shape[0], z.weight.shape[1])
    c = pixels.decoder.conv_in
    c.weight.mul_(0.1), c.bias.zero_()
    for channel in layout.content + layout.plus + layout.minus:
        c.weight[channel] = 0
    for channel, component in zip(layout.content, order):
        c.weight[channel, component, 1, 1] = 1
    set_constants(c.bias, layout)


def start_upsample(conv, here, there, unfold, side):
    """unfold(y, x) -> matrix (components there, components here) and offset for one quarter."""
    conv.weight.zero_(), conv.bias.zero_()
    for y in (0, 1):
        for x in (0, 1):
            at = lambda c: (2 * y + x) * conv.in_channels + c
            matrix, offset = unfold(y, x)
            for i, channel in enumerate(there.content):
                conv.weight[at(channel), here.content, 1, 1] = torch.from_numpy(matrix[i]).float()
                conv.bias[at(channel)] = float(offset[i])
            for plus, minus in zip(there.content, there.mirror):
                conv.weight[at(minus)], conv.bias[at(minus)] = -conv.weight[at(plus)], -conv.bias[at(plus)]
            for a, b in zip(there.spare, here.spare):
                conv.weight[at(a), b, 1, 1] = 1
            set_constants(conv.bias, there, at)


def start_output(decoder, layout):
    norm, conv = decoder.norm_out, decoder.conv_out
    each = len(norm.weight) // GROUPS
    norm.weight.fill_(CONSTANT * (2 / each) ** 0.5), norm.bias.fill_(SHIFT)
    conv.weight.zero_()
    shifted = torch.tensor(SHIFT)
    value = torch.nn.functional.silu(shifted)
    slope = torch.sigmoid(shifted) * (1 + shifted * (1 - torch.sigmoid(shifted)))
    for colour in range(3):
        conv.weight[colour, layout.content[colour], 1, 1] = 1 / slope
    conv.bias.fill_(float(MIDDLE - value / slope))


@torch.no_grad()
def start(pixels, tokens):
    """Sets all first weights from the codes and the basis they were made in."""
    codes, basis, mean, scale = tokens.codes, tokens.basis, tokens.mean, tokens.scale
    for m in pixels.modules():
        if isinstance(m, Res):
            nn.init.zeros_(m.conv2.weight), nn.init.zeros_(m.conv2.bias)
    nn.init.zeros_(pixels.decoder.mid.attn_1.proj_out.weight)
    nn.init.zeros_(pixels.decoder.mid.attn_1.proj_out.bias)
    used = codes[np.abs(codes).sum(1) > 0]
    tiles = tokens.pictured(used)
    levels, side = len(pixels.decoder.up), TILE
    here = Layout(pixels.decoder.conv_in.out_channels, side)
    order = [codes.shape[1] - 1, *range(codes.shape[1] - 1)][: len(here.content)]  # the flag comes first
    start_input(pixels, here, order)
    known = np.zeros((len(basis), len(here.content)), np.float32)  # tile = offset + known @ content
    known[:, 1:] = (basis / scale)[:, : len(here.content) - 1]
    offset = mean
    for i in range(levels - 1, 0, -1):
        conv = pixels.decoder.up[i].upsample.conv
        wide, block = Layout(conv.in_channels, side // 2), pixels.decoder.up[i - 1].block[0]
        narrow = Layout(block.conv1.out_channels, side // 2)
        wide.content, wide.spare = wide.content[: len(narrow.content)], wide.spare[: len(narrow.spare)]
        h = side // 2
        tiles = tiles.reshape(-1, 2, h, 2, h, 4).swapaxes(2, 3).reshape(-1, h, h, 4)
        tiles = tiles[np.random.default_rng(i).permutation(len(tiles))[:60000]]
        smaller = Basis(tiles, len(narrow.content))
        if h == 1:
            smaller.basis, smaller.mean = np.eye(4, dtype=np.float32), np.full(4, MIDDLE, np.float32)

        def unfold(y, x):
            part = quadrant(side, y, x)
            return smaller.basis.T @ known[part], smaller.basis.T @ (offset[part] - smaller.mean)

        start_upsample(conv, here, wide, unfold, side)
        if hasattr(block, "nin_shortcut"):
            s = block.nin_shortcut
            s.weight.zero_(), s.bias.zero_()
            for a, b in zip(narrow.content + narrow.spare, wide.content + wide.spare):
                s.weight[a, b, 0, 0] = 1
            set_constants(s.bias, narrow)
        here, known, offset, side = narrow, smaller.basis, smaller.mean, h
    start_output(pixels.decoder, here)
    grammar = Grammar(load(preset().core_only))
    scenes = [tokens.settle(grammar.scene((1 << 42) + i)) for i in range(N_EXAMPLES)]
    first = Layout(pixels.decoder.conv_in.out_channels, TILE)
    background.start_middle(pixels, background.Spare(first), background.examples(tokens, background.vectors(tokens), scenes))
    background.start_last(pixels.decoder.up[0].block[0], here, background.Spare(here), CONSTANT, SHIFT)
