# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws pictures from captions with the trained networks: the reference for the C engine."""
import argparse

import torch
from PIL import Image, ImageDraw

from . import background
from .bart import Bart
from .presets import GRID, preset
from .schedule import autocast, load
from .tiles import Tokens
from .tokenizer import Text
from .vqgan import Pixels

# Much cooler than 1, every place is too unlikely for a thing to begin, and pictures stay empty.
GUIDANCE, TOP_K, TEMPERATURE = 1.4, 32, 0.9
# Tokens that the words make less likely than this are never drawn: guidance would lift them, and
# things would begin twice.  At this a picture of a plain background stays empty now and then.
MIN_PROBABILITY = 0.015



class Painter:
    def __init__(self, p=None):
        self.p = p or preset()
        self.bart, self.pixels = Bart(self.p).eval(), Pixels(self.p).eval()
        self.bart.load_state_dict(load("transformer.pt")["average"])
        self.pixels.load_state_dict(load("decoder.pt")["average"])
        self.pixels.to(memory_format=torch.channels_last)
        self.codes = torch.from_numpy(background.vectors(Tokens())).float()
        self.text = Text(self.p.n_text)

    @torch.no_grad()
    def tokens(self, captions, guidance=GUIDANCE, top_k=TOP_K, temperature=TEMPERATURE, seed=0,
               min_probability=MIN_PROBABILITY):
        """Captions -> image tokens (B, 256)."""
        p, n = self.p, len(captions)
        generator = torch.Generator().manual_seed(seed)
        decoder = self.bart.decoder
        encoded, mask = self.bart.encoder(torch.tensor(self.text.rows([None] * n + list(captions))))
        cross = decoder.cross(encoded)
        shape = (2 * n, p.n_heads, p.n_image, p.d // p.n_heads)
        caches = [[torch.zeros(shape) for _ in range(2)] for _ in range(p.n_decoder)]
        token = torch.full((n,), p.image_vocab)
        out = []
        for i in range(p.n_image):
            logits = decoder.step(token.repeat(2), i, cross, mask, caches)[:, :-1]
            without, given = logits.chunk(2)
            score = without + guidance * (given - without)
            chances = given.softmax(1)
            floor = chances.amax(1, keepdim=True).clamp(max=min_probability)
            score = score.masked_fill(chances < floor, -torch.inf)
            least = score.topk(top_k, 1).values[:, -1:]
            score = score.masked_fill(score < least, -torch.inf) / temperature
            token = torch.multinomial(score.softmax(1), 1, generator=generator)[:, 0]
            out.append(token)
        return torch.stack(out, 1)

    @torch.no_grad()
    def paint(self, tokens):
        """Image tokens (B, 256) -> pixels (B, 256, 256, 3) uint8."""
        pictures = []
        for part in tokens.view(-1, GRID, GRID).split(8):
            with autocast(self.codes.device):
                out = self.pixels(self.codes[part].permute(0, 3, 1, 2))
            pictures.append((out.float().clamp(0, 1) * 255).byte().permute(0, 2, 3, 1))
        return torch.cat(pictures).numpy()


def sheet(pictures, captions, columns, side=192):
    """A contact sheet with the captions under the pictures."""
    rows = -(-len(pictures) // columns)
    out = Image.new("RGB", (columns * side, rows * (side + 16)), (255, 255, 255))
    pen = ImageDraw.Draw(out)
    for i, (picture, caption) in enumerate(zip(pictures, captions)):
        x, y = i % columns * side, i // columns * (side + 16)
        out.paste(Image.fromarray(picture).resize((side, side), Image.LANCZOS), (x, y))
        pen.text((x + 3, y + side + 2), caption[: side // 6], fill=(0, 0, 0))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("captions", nargs="+")
    parser.add_argument("-n", type=int, default=3, help="pictures of each caption")
    parser.add_argument("-o", default="sheet.png")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    parser.add_argument("--top-k", type=int, default=TOP_K)
    parser.add_argument("--temperature", type=float, default=TEMPERATURE)
    a = parser.parse_args()
    captions = [c for c in a.captions for _ in range(a.n)]
    painter = Painter()
    tokens = painter.tokens(captions, a.guidance, a.top_k, a.temperature, a.seed)
    sheet(painter.paint(tokens), captions, max(a.n, 6 // a.n * a.n)).save(a.o)


if __name__ == "__main__":
    main()
