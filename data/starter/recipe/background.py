# SPDX-License-Identifier: GPL-3.0-or-later
"""First weights for what lies behind the transparent parts of a tile.

Codes of background tiles tell their mean colour in vector components that nothing else uses.  The
attention in the middle of the picture decoder averages it over the picture, free channels carry it
up to the full resolution, and there the last block adds relu (background - alpha) to the colours.
Training makes that local and exact.
"""
import numpy as np
import torch

from .groupnorm import GROUPS

MARK = slice(-5, -1)  # of a code vector: colour of a background tile less a half (3), and one; else 0
SHARP = 16.0  # how much more attention goes to background than to anything else
STEEP = 8.0  # how sharply swish bends where relu would


def marked(vectors, colors, is_ground):
    """Vectors (N, E) with the mean colours (n, 3), 0 to 1, of those that are backgrounds."""
    vectors[:, MARK] = 0
    vectors[is_ground, -5:-2] = colors - 0.5
    vectors[is_ground, -2] = 1
    return vectors


def vectors(tokens):
    """The code vectors (V, E) that the picture decoder gets."""
    n = tokens.n_background
    colors = tokens.pictured(tokens.codes[:n]).reshape(n, -1, 4)[..., :3].mean(1)
    return marked(tokens.codes.copy(), colors, np.arange(len(tokens.codes)) < n)


class Spare:
    """Which free channels hold what."""

    def __init__(self, layout):
        s = layout.spare
        self.mean, self.around, self.own = s[0:3], s[3:7], s[7:11]


def start_middle(pixels, spare, codes):
    """codes (B, E, h, w): real pictures, to fit what leaves the attention to what it should be."""
    conv = pixels.decoder.conv_in
    marks = range(conv.in_channels - 5, conv.in_channels - 1)
    for channels, taps in ((spare.around, torch.full((3, 3), 1 / 9)), (spare.own, torch.eye(3)[1][:, None] * torch.eye(3)[1])):
        for channel, mark in zip(channels, marks):
            conv.weight[channel], conv.bias[channel] = 0, 0
            conv.weight[channel, mark] = taps
    for channel in spare.mean:
        conv.weight[channel], conv.bias[channel] = 0, 0
    attn = pixels.decoder.mid.attn_1
    for layer in (attn.q, attn.k):
        layer.weight.zero_(), layer.bias.zero_()
    attn.q.bias[0], attn.k.weight[0, spare.own[3], 0, 0] = SHARP, SHARP
    attn.v.weight.zero_(), attn.v.bias.zero_()
    for channel in range(4):
        attn.v.weight[channel, spare.own[channel], 0, 0] = 1
    attn.proj_out.weight.zero_(), attn.proj_out.bias.zero_()
    attn.proj_out.weight[:5, :5, 0, 0] = torch.eye(5)
    x = pixels.decoder.mid.block_1(conv(pixels.post_quant_conv(codes)))
    seen = (attn(x) - x)[:, :4].mean((2, 3))
    share = codes[:, -5:-1].mean((2, 3))
    want = share[:, :3] / share[:, 3:].clamp(min=0.01)
    fit = torch.linalg.lstsq(torch.cat([seen, torch.ones(len(seen), 1)], 1), want).solution  # (5, 3)
    attn.proj_out.weight.zero_()
    for colour, channel in enumerate(spare.mean):
        attn.proj_out.weight[channel, :4, 0, 0] = fit[:4, colour]
        attn.proj_out.bias[channel] = fit[4, colour]


def start_last(block, layout, spare, constant, shift):
    """block: the first one of level 0."""
    each = block.norm1.num_channels // GROUPS
    scale = constant * (2 / each) ** 0.5
    s = torch.sigmoid(torch.tensor(shift))
    slope = float(s * (1 + shift * (1 - s)))
    block.norm1.weight.fill_(scale), block.norm1.bias.fill_(shift)
    block.norm2.weight.fill_(scale), block.norm2.bias.zero_()
    conv = block.conv1
    alpha = layout.content[3]
    for colour in range(3):
        for channel, sign in ((layout.content[colour], 1), (layout.mirror[colour], -1)):
            conv.weight[channel], conv.bias[channel] = 0, 0
            conv.weight[channel, spare.mean[colour], 1, 1] = sign / slope
            conv.weight[channel, alpha, 1, 1] = -sign / slope
            block.conv2.weight[channel, layout.content[colour], 1, 1] = sign / STEEP
        block.norm2.weight[layout.content[colour]] *= STEEP
    for channels, sign in ((layout.plus, 1), (layout.minus, -1)):
        for c in channels:
            conv.weight[c], conv.bias[c] = 0, sign * constant


def examples(tokens, codes, scenes):
    """Code vectors (B, E, 16, 16) of scenes."""
    ids = np.stack([tokens.tokens(scene) for scene in scenes]).reshape(-1, 16, 16)
    return torch.from_numpy(codes[ids]).float().permute(0, 3, 1, 2)
