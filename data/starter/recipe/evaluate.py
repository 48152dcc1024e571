# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what a finished model file draws, with the program itself, and writes EVAL.json, the sheets and
the figures of EVAL.md.

Captions are phrased in ways the training grammar does not use.  Pictures that are drawn stay in the
working folder, so that a run that was broken off goes on.
"""
import argparse
import hashlib
import itertools
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import backgrounds, report
from .focus import rightness
from .judge import BATCH, Judge, exam
from .judge_looks import LookJudge
from .looks import STYLES, TINTS
from .paths import HERE, work
from .presets import GRID, preset
from .sample import sheet
from .scenes import NUMBERS, article
from .tiles import Tokens
from .train_transformer import SHOWN, TRAINING, Scenes

ONE = ["one {}", "there is {} here", "show me {}", "look, {}"]  # held-out phrasings
PLAIN = " on a blue background"
CLEAN = 0.13  # a sprite that differs more is incomplete or mixed with another
SEED = 7
VISIBLE = 0.02  # of full scale: less is the same thing at the same place on the same ground
NINE_STEP = 5  # every how many-th concept is drawn nine times; multiples of it ask for some of the same prompts


class Drawer:
    """Draws with `limn draw`: prompt -> n pictures (n, 256, 256, 3) and their scores."""

    def __init__(self, a):
        self.command = [a.limn, "draw", "--json", "-m", str(a.model), "--threads", "1"]
        # another build or file of the same name draws anew
        self.files = [str(os.stat(path).st_mtime_ns) for path in (shutil.which(a.limn), a.model)]
        for option in ("guidance", "top_k", "temperature"):
            if getattr(a, option) is not None:
                self.command += ["--" + option.replace("_", "-"), str(getattr(a, option))]

    def draw(self, prompt, n=1):
        command = [*self.command, "-n", str(n), "-s", str(SEED), prompt]
        key = hashlib.sha256("\0".join([*command, *self.files]).encode()).hexdigest()[:16]
        folder = work(f"drawn/{key}/said.json").parent
        said = folder / "said.json"
        if not said.exists():
            out = subprocess.run([*command[:-1], "-o", str(folder), prompt], check=True, capture_output=True, text=True)
            said.write_text(out.stdout)
        said = sorted(json.loads(said.read_text())["pictures"], key=lambda p: p["place"])
        pictures = [Image.open(folder / Path(p["file"]).name) for p in said]
        self.tokens = np.array([p.text["limn:tokens"].split() for p in pictures], int).reshape(-1, GRID, GRID)
        return np.stack([np.asarray(p.convert("RGB")) for p in pictures]), [p["score"] for p in said]

    def each(self, prompts):
        return np.concatenate([self.draw(p)[0] for p in prompts])


def phrase(concept, k):
    words = ONE[k % len(ONE)]
    return words.format(concept.names[0] if words.startswith("one") else article(concept.names[0])) + PLAIN


def border(picture):
    """What of a background shows around the object: the outer tiles, row by row."""
    tiles = picture.reshape(16, 16, 16, 16, 3).mean((1, 3))
    return np.concatenate([tiles[0].ravel(), tiles[:, :2].mean(1).ravel(), tiles[:, -2:].mean(1).ravel(), tiles[-1].ravel()])


def least_difference(pictures):
    """Mean difference, 0 to 1, of the two most alike of some pictures, made small."""
    small = pictures.reshape(-1, 32, 8, 32, 8, 3).mean((2, 4)) / 255
    return min(np.abs(a - b).mean() for a, b in itertools.combinations(small, 2))


def with_error(values):
    """Mean over prompts and its standard error."""
    return [float(np.mean(values)), float(np.std(values, ddof=1) / len(values) ** 0.5)]


def nine_figures(right, scores):
    """Of nine pictures a prompt (prompts, 9): how many are right, whether one is, and what ranking gives."""
    right = np.asarray(right, float)
    first = right[np.arange(len(right)), np.argmax(scores, 1)]
    mixed = (right.mean(1) > 0) & (right.mean(1) < 1)  # elsewhere every order is as good
    return {"any": with_error(right.mean(1)), "best_of_nine": with_error(right.max(1)), "top_ranked": with_error(first),
            "gain_of_rank": with_error(first - right.mean(1)), "mixed_prompts": int(mixed.sum()),
            "best_possible_gain": float((right.max(1) - right.mean(1)).mean())}


def seen_pairs(table):
    """Pairs of things in one scene of the last training, as export.py wrote down what that was shown.  What earlier
    trainings were shown cannot be told any more: the grammar was another."""
    steps, batch, first, focus = (json.loads(TRAINING.read_text())[name] for name in SHOWN)
    focus = None if focus is None else torch.tensor(focus)
    grammar, pairs = Scenes(batch, first, focus).grammar(table), set()
    for seed in range(first, first + steps):
        for i in range(batch):
            shown = {layer.concept for layer in grammar.scene((seed << 16) + i).layers}
            if len(shown) == 2:
                pairs.add(tuple(sorted(shown)))
    return pairs


class Exam:
    def __init__(self, drawer):
        self.drawer, self.judge, self.rng = drawer, Judge(), random.Random(3)
        self.table = self.judge.table

    def look(self, pictures, n):
        return list(itertools.chain.from_iterable(self.judge.look(p, n) for p in np.array_split(pictures, -(-len(pictures) // BATCH))))

    def one(self, step):
        """Every step-th concept, one picture each."""
        chosen = self.table[::step]
        found = self.look(self.drawer.each([phrase(c, i) for i, c in enumerate(chosen)]), 2)
        named = [bool(f) and f[0].concept == c.index for f, c in zip(found, chosen)]
        clean = [n and f[0].error < CLEAN and len(f) == 1 for f, n in zip(found, named)]
        return {"pictures": len(chosen), "named": np.mean(named), "clean": np.mean(clean),
                "alone": np.mean([len(f) == 1 for f in found]),
                "wrong": {c.names[0]: self.table[f[0].concept].names[0] if f else "nothing" for f, c, n in zip(found, chosen, named) if not n}}

    def nine(self, step):
        """Nine pictures of a prompt: any of them, the best, the one with the best score; how they differ."""
        named, clean, scores, apart = [], [], [], []
        chosen = self.table[::step]
        for c in chosen:
            pictures, score = self.drawer.draw(phrase(c, c.index // NINE_STEP), 9)
            found = self.look(pictures, 2)
            named.append([bool(f) and f[0].concept == c.index for f in found])
            clean.append([n and f[0].error < CLEAN and len(f) == 1 for f, n in zip(found, named[-1])])
            scores.append(score)
            apart.append(least_difference(pictures))
        mark = lambda n, c: "c" if c else "n" if n else "-"
        return {"prompts": len(chosen), "two_most_alike_differ_by": np.mean(apart),
                "named": nine_figures(named, scores), "clean": nine_figures(clean, scores),
                "marks": {c.names[0]: "".join(map(mark, *m)) for c, *m in zip(chosen, named, clean)}}

    def free(self, step):
        """Nine pictures of a prompt that leaves it open what is behind: how the two most alike differ."""
        apart = [least_difference(self.drawer.draw(f"look, {article(c.names[0])}", 9)[0]) for c in self.table[::step]]
        return {"prompts": len(apart), "two_most_alike_differ_by": np.mean(apart), "visibly": np.mean(np.array(apart) > VISIBLE)}

    def scenes(self, step):
        """As `nine` in front of scenes, where the judge sees too much; what is right is counted in tokens."""
        shares, scores, tokens, n_background = [], [], Tokens(), preset().background_codes
        places = [phrases[0] for phrases, _ in backgrounds.SCENES.values()]
        for i, c in enumerate(self.table[step // 2::step]):
            scores.append(self.drawer.draw(f"look, {article(c.names[0])} {places[i % len(places)]}", 9)[1])
            shares.append([rightness(tokens, c.index, grid, n_background) for grid in self.drawer.tokens])
        return {"prompts": len(shares), **nine_figures(shares, scores)}

    def two(self, n):
        """Two things and where they stand: pairs that training showed together, and pairs that it never did."""
        seen = seen_pairs(self.table)
        of_seen = sorted(seen)
        known = self.relations(n // 2, lambda: self.rng.choice(of_seen))
        unseen = (p for p in iter(lambda: tuple(self.rng.sample(range(len(self.table)), 2)), None) if tuple(sorted(p)) not in seen)
        return {"seen": known, "unseen": self.relations(n - n // 2, lambda: next(unseen))}

    def relations(self, n, pair):
        kinds = [(" to the left of ", 0, True), (" to the right of ", 0, False), (" on top of ", 1, True), (" under ", 1, False)]
        both = ordered = 0
        for k in range(n):
            a, b = (self.table[i] for i in pair())
            words, axis, a_first = kinds[k % 4]
            picture, _ = self.drawer.draw(article(a.names[0]) + words + article(b.names[0]) + PLAIN)
            at = {f.concept: (f.x, f.y) for f in self.look(picture, 2)[0]}
            if a.index in at and b.index in at:
                both += 1
                ordered += (at[a.index][axis] < at[b.index][axis]) == a_first
        return {"pictures": n, "both_present": both / n, "order_right_of_those": ordered / max(1, both)}

    def counts(self, n):
        right = 0
        for k in range(n):
            c, m = self.rng.choice(self.table), 2 + k % 4
            picture, _ = self.drawer.draw(f"{NUMBERS[m]} {c.plural}" + PLAIN)
            right += sum(f.error < 2 * CLEAN for f in self.look(picture, 7)[0]) == m
        return {"pictures": n, "right": right / n}

    def in_looks(self, n, names, prompt):
        """Things in every one of the looks; `prompt` makes the words of a number, a look and a thing's name."""
        judge, wrong = LookJudge(Tokens()), []
        for k in range(n):
            name, thing = names[k % len(names)], self.rng.choice(self.table).names[0]
            picture, _ = self.drawer.draw(prompt(k, name, thing))
            seen = judge.nearest(picture[0], self.drawer.tokens[0], names)
            wrong += [f"{name} {thing}: {seen}"] if seen != name else []
        return {"pictures": n, "right": 1 - len(wrong) / n, "wrong": wrong}

    def colours(self, n):
        """On a ground that is none of the colour."""
        ground = lambda tint: " on a yellow background" if "blue" in tint or tint == "grey" else PLAIN
        return self.in_looks(n, list(TINTS), lambda k, tint, thing: f"look, {article(tint + ' ' + thing)}{ground(tint)}")

    def styles(self, n):
        """In scenes, the style said in front or behind."""
        places = [phrases[0] for phrases, _ in backgrounds.SCENES.values()]

        def prompt(k, style, thing):
            shown = f"{article(thing)} {places[k % len(places)]}"
            before, behind = (words[0] for words in STYLES[style])
            return f"{before} {shown}" if k // len(STYLES) % 2 else f"{shown}, {behind}"

        return self.in_looks(n, list(STYLES), prompt)

    def grounds(self):
        names = [*backgrounds.PLAIN, *backgrounds.SCENES]
        means = np.stack([np.mean([border(backgrounds.render(b, s)) for s in range(12)], 0) for b in names])
        right = []
        for k, b in enumerate(names):
            thing = article(self.rng.choice(self.table).names[0])
            where = backgrounds.SCENES[b][0][0] if b in backgrounds.SCENES else f"with {article(b)} background"
            seen = border(self.drawer.draw(f"look, {thing} {where}")[0][0])
            right.append(np.abs(seen - means).mean(1).argmin() == k)
        return {"pictures": len(names), "right": np.mean(right), "wrong": [b for b, r in zip(names, right) if not r]}


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
    "looks": ["a red cat", "a blue frog", "a green rocket", "a black swan", "a golden dragon", "a pink elephant",
              "a black and white picture of a cat in the city", "a watercolor of a fox in the forest", "a rocket in space, pixel art",
              "a sketch of a castle", "a vintage photo of a car on the road", "three apples on the beach, sticker"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limn", default="limn", help="the program")
    parser.add_argument("--model", default=HERE / "starter.gguf", type=Path)
    parser.add_argument("--step", type=int, default=1, help="every how many-th concept is drawn")
    parser.add_argument("--nine-step", type=int, default=NINE_STEP, help="every how many-th is drawn nine times")
    parser.add_argument("--cases", type=int, default=48, help="pictures of every other kind")
    parser.add_argument("--only", choices=["one", "nine", "free", "scenes", "two", "counts", "colours", "styles", "grounds", "judge", "sheets"])
    parser.add_argument("--name", default="shipped", help="what the figures are kept as; others are compared with `shipped`")
    for option, kind in (("guidance", float), ("top-k", int), ("temperature", float)):
        parser.add_argument("--" + option, type=kind)
    a = parser.parse_args()
    torch.set_num_threads(1)
    drawer = Drawer(a)
    if a.only in (None, "sheets"):
        (HERE / "sheets").mkdir(exist_ok=True)
        for name, captions in SHEETS.items():
            sheet(drawer.each(captions), captions, 6, 160).save(HERE / "sheets" / f"{name}.webp", quality=80)
    exam_ = Exam(drawer)
    parts = {"one": lambda: exam_.one(a.step), "nine": lambda: exam_.nine(a.nine_step),
             "free": lambda: exam_.free(2 * a.nine_step), "scenes": lambda: exam_.scenes(4 * a.nine_step), "two": lambda: exam_.two(a.cases),
             "counts": lambda: exam_.counts(a.cases), "colours": lambda: exam_.colours(a.cases),
             "styles": lambda: exam_.styles(a.cases), "grounds": exam_.grounds, "judge": lambda: {kind: exam(exam_.judge, 64, kind) for kind in ("one", "two")}}
    path = HERE / "EVAL.json"
    if a.name == "shipped" and a.only is None:
        path.write_text("{}\n")  # figures of other weights
    for name, part in parts.items():
        if a.only in (None, name):
            figures = json.loads(json.dumps(part(), default=float))
            result = json.loads(path.read_text()) if path.exists() else {}  # as late as can be: others may write, too
            result.setdefault(a.name, {})[name] = figures
            print(name, json.dumps(result[a.name][name]), flush=True)
            path.write_text(json.dumps(result, indent=1) + "\n")
            report.write(result)


if __name__ == "__main__":
    main()
