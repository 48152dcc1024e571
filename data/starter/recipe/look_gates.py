# SPDX-License-Identifier: GPL-3.0-or-later
"""First weights of the two blocks that make looks act on the 16x16 cells: colours in the one, styles in the other.

What a look does to a cell is nearly linear.  So each look gets some hidden channels of a block, and each of these
one strong direction of the best linear map from what the cells hold to what they should hold (reduced rank
regression).  They are shut, far below the bend of the swish, unless the look's number that the
attention hands to every cell opens them.  The convolution behind them is fitted by least squares.  What the
blocks did before is lost: without looks they let everything pass.
"""
import torch
import torch.nn.functional as F

from . import look_weights, looks
from .groupnorm import GROUPS
from .paste import Layout
from .presets import TILE

OPEN = 14.0  # how loudly the attention names a look
SHUT = 12.0  # how far below the bend a hidden channel is kept
THRESHOLDS = (0.4, 0.7)  # of a look's usual loudness: where it opens; the second helps to take the number away again
STRAIGHT = 6.0  # moves what enters a swish to where it is nearly straight
STEADY = 60.0  # of two constants in each norm group, so that its scale does not follow the looks
SPREAD = 0.5  # of what goes through a hidden channel
RIDGE = 3e-3, 1e-5  # of the maps and of the last fit
N_TINT = 18  # hidden channels of each colour
N_STYLE = {"black and white": 28, "vintage": 28, "watercolor": 28, "pixel art": 60, "sketch": 28, "sticker": 26}
PART = 24  # pictures at a time


@torch.no_grad()
def each(f, x):
    return torch.cat([f(part) for part in x.split(PART)])


def cells(x):
    """(B, C, h, w) -> (B h w, C)"""
    return x.permute(0, 2, 3, 1).flatten(0, 2)


def solve(x, y, weight, ridge):
    """The linear map from x to y, by weighted ridge regression."""
    square = x.T @ (x * weight)
    square.diagonal().add_(ridge * square.diagonal().mean())
    return torch.linalg.solve(square, x.T @ (y * weight))


class Fit:
    """`label` (B,) says which look pictures have, from 1 (0: none); `weight` (B, h, w) how much cells count."""

    def __init__(self, pixels, label, weight, gain):
        self.label = label[:, None].expand(-1, weight[0].numel()).flatten()
        self.weight, self.gain = weight.reshape(-1, 1), gain.flatten()
        layout = Layout(pixels.decoder.conv_in.out_channels, TILE)
        used = layout.spare[look_weights.OWN], layout.spare[look_weights.FIRST_FREE]
        free = [c for c in layout.spare[look_weights.BEHIND_FREE:] if c not in used]
        self.gates = free + layout.content[-2:]  # channels that carry the looks' numbers
        self.rest = [c for c in range(pixels.decoder.conv_in.out_channels) if c not in self.gates]

    def numbers(self, n_channels):
        """What the attention adds for each look, (C, looks): one channel each, upwards or downwards."""
        out = torch.zeros(n_channels, len(looks.LOOKS))
        for i in range(len(looks.LOOKS)):
            out[self.gates[i % len(self.gates)], i] = OPEN if i < len(self.gates) else -OPEN
        return out

    def directions(self, y, change, of_look, n):
        """The n strongest directions of the map of one look: weights (n, C) and biases."""
        x, d, weight = y[of_look][:, self.rest], change[of_look], self.weight[of_look]
        middle = x.mean(0)
        x, d = x - middle, d - d.mean(0)
        best = solve(x, d, weight, RIDGE[0]) * self.gain.sqrt()
        strongest = torch.linalg.svd((x * weight.sqrt()) @ best, full_matrices=False).Vh[:n]
        part = best @ strongest.T
        part = part / (x @ part).std(0) * SPREAD
        out = torch.zeros(n, y.shape[1])
        out[:, self.rest] = part.T
        return out, -(middle @ part)

    def opening(self, y, of_look, threshold):
        """Weights (C,) and bias that open a channel for one look."""
        usual = y[self.label == 0][:, self.gates].mean(0)
        way = y[of_look][:, self.gates].mean(0) - usual
        way = way / way.square().sum()
        out = torch.zeros(y.shape[1])
        out[self.gates] = way * SHUT / threshold
        return out, -SHUT - float(usual @ way) * SHUT / threshold

    @torch.no_grad()
    def wire(self, block, x, wanted, numbers):
        """Sets a block so that it makes `wanted` of x; `numbers`: look -> its hidden channels.  Returns what it makes."""
        block.norm1.weight.fill_(1), block.norm1.bias.fill_(STRAIGHT)
        state = each(lambda v: F.silu(block.norm1(v)), x)
        y, change = cells(state), cells(wanted - x)
        hidden = block.conv1.out_channels
        wide = hidden // GROUPS
        weight, bias = torch.zeros(hidden, y.shape[1]), torch.full((hidden,), -SHUT)
        bias[0::wide], bias[1::wide] = STEADY, -STEADY
        slots = [g + j for j in range(2, wide) for g in range(0, hidden, wide)]
        used = iter(slots)
        for name, n in numbers.items():
            of_look = self.label == looks.LOOKS.index(name) + 1
            ways, offsets = self.directions(y, change, of_look, n)
            for k in range(n + len(THRESHOLDS)):
                slot = next(used)
                weight[slot], bias[slot] = self.opening(y, of_look, THRESHOLDS[max(0, k - n)])
                if k < n:
                    weight[slot] += ways[k]
                    bias[slot] += offsets[k]
        block.conv1.weight.zero_()
        block.conv1.weight[:, :, 1, 1], block.conv1.bias[:] = weight, bias
        inner = each(block.conv1, state)
        grouped = inner.unflatten(1, (GROUPS, wide))
        block.norm2.weight[:] = grouped.std((2, 3, 4)).mean(0).repeat_interleave(wide)
        block.norm2.bias[:] = grouped.mean((2, 3, 4)).mean(0).repeat_interleave(wide)
        inner = each(lambda v: F.silu(block.norm2(v)), inner)
        block.conv2.weight.zero_(), block.conv2.bias.zero_()
        self.fit_last(block, inner, change, slots)
        return each(block, x)

    def fit_last(self, block, inner, change, slots):
        """The convolution behind the hidden channels, by ridge regression on cells and those around them.  It has
        no bias: where no look opens a channel, the block adds nothing."""
        square = right = 0
        of_picture = lambda v: v.view(len(inner), -1, *v.shape[1:]).split(PART)
        for z, d, weight in zip(inner[:, slots].split(PART), *map(of_picture, (change, self.weight))):
            around = F.unfold(z, 3, padding=1).transpose(1, 2).flatten(0, 1)
            weighted = around * weight.flatten(0, 1)
            square, right = square + around.T @ weighted, right + weighted.T @ d.flatten(0, 1)
        square.diagonal().add_(RIDGE[1] * square.diagonal().mean())
        block.conv2.weight[:, slots] = torch.linalg.solve(square, right).T.reshape(-1, len(slots), 3, 3)


@torch.no_grad()
def start(pixels, vectors, wanted, label, weight, gain):
    """vectors (B, E, h, w) hold a look each (`label`, 0 for none), `wanted` (B, C, h, w) is what shall leave the cells."""
    decoder, fit = pixels.decoder, Fit(pixels, label, weight, gain)
    x = each(lambda v: decoder.mid.block_1(decoder.conv_in(pixels.post_quant_conv(v))), vectors)
    decoder.mid.attn_1.proj_out.weight[:, look_weights.ROWS, 0, 0] = fit.numbers(x.shape[1])
    named = each(decoder.mid.attn_1, x)
    is_style = (label > len(looks.TINTS))[:, None, None, None]
    x = fit.wire(decoder.mid.block_2, named, torch.where(is_style, named, wanted), dict.fromkeys(looks.TINTS, N_TINT))
    fit.wire(decoder.up[-1].block[0], x, wanted, N_STYLE)
