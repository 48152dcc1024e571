# SPDX-License-Identifier: GPL-3.0-or-later
"""First weights for looks in the picture decoder: each is a direction of its own where the network begins, the
attention in the middle looks at it above all else and hands it on to the whole picture.  What it then does
is look_gates.py's.
"""
import torch

from . import looks
from .paste import Layout
from .presets import TILE

WEAK = 100  # channels that say least of a tile: looks begin there
SPREAD = 0.25  # how much a look changes every channel
GROUND = 16.0  # how much more a background is attended to than a thing, in nats
RIDGE = 1e-3
ATTENTION = 6.0  # how much more a look than a background
OWN, FIRST_FREE = 10, 11  # of the free channels: marks backgrounds (background.py); the first that nothing uses
BEHIND_FREE = 7  # behind the attention only those before this are used
ROWS = slice(8, 8 + len(looks.LOOKS))  # of the attention's values


def are_there(pixels):
    """Whether the decoder has learned looks already."""
    return bool(pixels.decoder.mid.attn_1.proj_out.weight[:, ROWS].any())


@torch.no_grad()
def start(pixels, codes, examples):
    """codes (V, E); examples (B, E, h, w) are code vectors of pictures without looks."""
    decoder, generator = pixels.decoder, torch.Generator().manual_seed(13)
    conv, attn = decoder.conv_in, decoder.mid.attn_1
    layout = Layout(conv.out_channels, TILE)
    mark = layout.spare[FIRST_FREE]
    at = range(conv.in_channels)[looks.DIMENSIONS]
    conv.weight[:, at] = 0
    spread = torch.randn(conv.out_channels, len(at), generator=generator) * SPREAD
    spread[[c for c in range(conv.out_channels) if c not in layout.content[-WEAK:]]] = 0
    conv.weight[:, at, 1, 1] = spread
    conv.weight[mark] = 0
    conv.weight[mark, at, 1, 1] = 1
    conv.bias[mark] = 0
    decoder.mid.block_1.conv2.weight[mark], decoder.mid.block_1.conv2.bias[mark] = 0, 0
    strongest, own = int(attn.q.bias.abs().argmax()), layout.spare[OWN]
    attn.k.weight.zero_(), attn.k.bias.zero_(), attn.q.weight.zero_()
    states = lambda x: attn.norm(decoder.mid.block_1(conv(pixels.post_quant_conv(x))))
    plain, marked = states(examples), examples.clone()
    marked[:, :, 0, 0] = codes[looks.token(looks.LOOKS[0])]
    is_ground = examples[:, -2] > 0.5
    unit = attn.q.bias[strongest] * attn.q.out_channels ** -0.5
    off = plain[:, own][~is_ground].mean()
    attn.k.weight[strongest, own] = GROUND / unit / (plain[:, own][is_ground].mean() - off)
    attn.k.bias[strongest] = -attn.k.weight[strongest, own, 0, 0] * off
    step = states(marked)[:, mark, 0, 0].mean() - plain[:, mark].mean()
    lack = GROUND + ATTENTION - attn.k.weight[strongest, own, 0, 0] * unit * (states(marked)[:, own, 0, 0].mean() - off)
    attn.k.weight[strongest, mark] = lack / unit / step
    attn.k.bias[strongest] -= attn.k.weight[strongest, mark, 0, 0] * plain[:, mark].mean()
    seen = []
    for name in looks.LOOKS:
        marked[:, :, 0, 0] = codes[looks.token(name)]
        seen.append(states(marked)[:, :, 0, 0].mean(0))
    ground = plain.permute(0, 2, 3, 1)[is_ground]
    middle = ground.mean(0)
    change = torch.stack(seen, 1) - middle[:, None]
    inverse = torch.linalg.inv(torch.cov(ground.T) + RIDGE * torch.eye(len(middle)))
    rows = torch.linalg.solve(change.T @ inverse @ change, change.T @ inverse)  # one look each, and nothing else
    attn.v.weight[ROWS], attn.v.bias[ROWS] = rows[..., None, None], -rows @ middle
    attn.proj_out.weight[:, ROWS] = 0
