# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the model draws and writes the figures to EVAL.json and the sheets to sheets/.

Captions are phrased in ways the training grammar does not use.  The judge names objects; a picture
of two objects is cut in half and each half is named.
"""
import argparse
import json
import random

import numpy as np
import torch

from . import backgrounds, train_judge
from .paths import HERE
from .sample import GUIDANCE, TEMPERATURE, TOP_K, Painter, sheet
from .scenes import NUMBERS, article
from .train_judge import look

ONE = ["one {}", "there is {} here", "show me {}", "look, {}"]  # held-out phrasings


def parts(pictures, horizontal):
    """Both halves of pictures (B, 256, 256, 3): left and right, or upper and lower."""
    return np.split(pictures, 2, 2 if horizontal else 1)


def square(half):
    """A half picture made square by repeating its border, so that shapes keep their proportions."""
    h, w = half.shape[1:3]
    pad = abs(h - w) // 2
    widths = ((0, 0), (pad, pad), (0, 0), (0, 0)) if h < w else ((0, 0), (0, 0), (pad, pad), (0, 0))
    return np.pad(half, widths, "edge")


def blobs(picture, smallest=40):
    """How many things stand on a plain background: connected areas that differ from its colour."""
    small = picture.reshape(64, 4, 64, 4, 3).mean((1, 3))
    ground = np.median(np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]]), 0)
    todo = {(int(y), int(x)) for y, x in zip(*np.where(np.abs(small - ground).max(-1) > 24))}
    n = 0
    while todo:
        stack, area = [todo.pop()], 0
        while stack:
            y, x = stack.pop()
            area += 1
            for near in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                if near in todo:
                    todo.remove(near)
                    stack.append(near)
        n += area >= smallest
    return n


def border(picture):
    """What of a background shows around the object: the outer tiles, row by row."""
    tiles = picture.reshape(16, 16, 16, 16, 3).mean((1, 3))
    return np.concatenate([tiles[0].ravel(), tiles[:, :2].mean(1).ravel(), tiles[:, -2:].mean(1).ravel(), tiles[-1].ravel()])


class Exam:
    def __init__(self, settings):
        self.painter, self.settings = Painter(), settings
        self.judge, self.table = train_judge.restore()
        self.rng = random.Random(3)

    def draw(self, captions, seed):
        out = []
        for i in range(0, len(captions), 48):
            out.append(self.painter.paint(self.painter.tokens(captions[i:i + 48], *self.settings, seed=seed + i)))
        return np.concatenate(out)

    @torch.no_grad()
    def name(self, pictures):
        return torch.cat([self.judge(look(p)) for p in np.array_split(pictures, max(1, len(pictures) // 64))])

    def one(self, n):
        captions = [ONE[(c.index + k) % len(ONE)].format(c.names[0] if ONE[(c.index + k) % len(ONE)][:3] == "one" else article(c.names[0]))
                    for c in self.table for k in range(n)]
        truth = torch.tensor([c.index for c in self.table for _ in range(n)])
        right = (self.name(self.draw(captions, 100)).argmax(1) == truth).view(-1, n)
        missed = [c.names[0] for c, r in zip(self.table, right) if not r.any()]
        return {"pictures": len(truth), "top1": float(right.float().mean()), f"best_of_{n}": float(right.any(1).float().mean()),
                "never_right": missed}

    def two(self, n):
        both = ordered = 0
        cases = []
        for k in range(n):
            a, b = self.rng.sample(self.table, 2)
            word, horizontal, a_first = [("to the left of", True, True), ("to the right of", True, False),
                                         ("on top of", False, True), ("under", False, False)][k % 4]
            cases.append((f"{article(a.names[0])} {word} {article(b.names[0])} on a white background", horizontal, *((a, b) if a_first else (b, a))))
        pictures = self.draw([c[0] for c in cases], 200)
        for picture, (_, horizontal, first, second) in zip(pictures, cases):
            halves = parts(picture[None], horizontal)
            found = [set(self.name(square(h))[0].topk(2).indices.tolist()) for h in halves]
            straight = first.index in found[0] and second.index in found[1]
            crossed = first.index in found[1] and second.index in found[0]
            both, ordered = both + (straight or crossed), ordered + straight
        return {"pictures": n, "both_present": both / n, "order_right_of_those": ordered / max(1, both)}

    def counts(self, n):
        simple = [c for c in self.table if c.group in ("animal", "food", "vehicle")]
        cases = [(2 + k % 4, self.rng.choice(simple)) for k in range(n)]
        pictures = self.draw([f"{NUMBERS[m]} {c.plural} on a white background" for m, c in cases], 300)
        return {"pictures": n, "right": sum(blobs(p) == m for p, (m, _) in zip(pictures, cases)) / n}

    def grounds(self, n):
        names = [*backgrounds.PLAIN, *backgrounds.SCENES]
        means = np.stack([np.mean([border(backgrounds.render(b, s)) for s in range(20)], 0) for b in names])
        cases = [k % len(names) for k in range(n)]
        captions = []
        for k in cases:
            b, thing = names[k], article(self.rng.choice(self.table).names[0])
            captions.append(f"{thing} {backgrounds.SCENES[b][0][0]}" if b in backgrounds.SCENES else f"{thing} with {article(b)} background")
        seen = np.stack([border(p) for p in self.draw(captions, 400)])
        guess = np.abs(seen[:, None] - means[None]).mean(2).argmin(1)
        return {"pictures": n, "right": float((guess == np.array(cases)).mean())}


SHEETS = {
    "one": ["a frog", "a cat", "a pizza", "a rocket", "an astronaut", "a unicorn", "a castle", "a guitar", "a penguin",
            "a robot", "a strawberry", "a bicycle", "a ghost", "an octopus", "a burger", "a dinosaur", "a wizard", "a car"],
    "scenes": ["a frog on the moon", "a panda in the forest", "a shark in the desert", "a snowman on the beach",
               "a cow in space", "a ufo in the city at night", "a penguin in hell", "a teapot on mars", "a lion on a stage",
               "a fish on a pink background", "an owl at sunset", "a robot in the garden", "a dog in the snow",
               "a whale in the mountains", "a banana under water", "a duck on the road", "a tiger in a room", "a heart on a black background"],
    "together": ["a frog wearing a top hat on the moon", "a cat riding a rocket in space", "a panda eating a pizza",
                 "three apples on the beach", "a dog riding a bicycle", "a robot with a guitar", "two penguins in the snow",
                 "a lion on top of a car", "a banana next to a monkey", "a pig wearing a crown", "five donuts on a blue background",
                 "a wizard riding a dragon", "a ghost holding a balloon", "a cat to the left of a dog", "four chickens on the grass",
                 "a cow riding a skateboard", "an alien eating an ice cream", "a shark wearing a straw hat"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--views", type=int, default=3, help="pictures of each concept")
    parser.add_argument("--cases", type=int, default=96, help="pictures of every other kind")
    parser.add_argument("--sheets-only", action="store_true")
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    parser.add_argument("--top-k", type=int, default=TOP_K)
    parser.add_argument("--temperature", type=float, default=TEMPERATURE)
    a = parser.parse_args()
    settings = (a.guidance, a.top_k, a.temperature)
    painter = Painter()
    (HERE / "sheets").mkdir(exist_ok=True)
    for name, captions in SHEETS.items():
        pictures = painter.paint(painter.tokens(captions, *settings, seed=1))
        sheet(pictures, captions, 6, 160).save(HERE / "sheets" / f"{name}.webp", quality=80)
    if a.sheets_only:
        return
    exam = Exam(settings)
    result = {"settings": dict(zip(("guidance", "top_k", "temperature"), settings)),
              "judge_on_real_scenes": train_judge.load(train_judge.CHECKPOINT)["exam"],
              "one_object": exam.one(a.views), "two_objects": exam.two(a.cases),
              "counts": exam.counts(a.cases), "backgrounds": exam.grounds(a.cases)}
    (HERE / "EVAL.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
