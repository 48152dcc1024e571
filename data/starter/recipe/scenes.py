# SPDX-License-Identifier: GPL-3.0-or-later
"""Invents scenes: a caption, a background and where on the token lattice which sprite stands.

The grammar below decides what the model can be asked for.  Whatever a caption leaves open (the
background, the place, the side) is drawn at random, so that nine pictures of one prompt differ.
"""
import random
from dataclasses import dataclass, field

from .backgrounds import PLAIN, SCENES
from .looks import STYLES, TINTS
from .presets import GRID, SIZES, TILE

LARGE, SMALL = (size // TILE for size in SIZES)  # in tiles: 9 and 6
KINDS = {"one": 46, "tiny": 2, "two": 15, "three": 4, "count": 12, "ride": 8, "hat": 7, "hold": 6}
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
PREFIXES = ["a picture of", "a photo of", "a drawing of", "an illustration of", "a painting of", "a 3d render of",
            "a cartoon of", "an image of", "picture of", "drawing of", "photo of", "3d render of"]
SUFFIXES = ["3d render", "3d", "cartoon", "digital art", "drawing", "illustration", "emoji", "cute",
            "funny", "high quality", "clip art"]
# Words that change nothing.  They teach the model to let pass what it cannot draw.
MOODS = """cute funny silly little happy big beautiful nice good cool sad angry crazy old young fluffy fat tasty
fresh shiny magic flying sleepy smart lonely brave weird famous wild tired hungry colorful realistic modern fancy
wooden dirty lazy friendly scary evil lovely adorable sweet strange""".split()
DOINGS = """dancing sleeping running jumping swimming flying singing smiling laughing waiting sitting standing walking
playing crying thinking fighting working reading cooking relaxing screaming""".split()
TINTED = 0.3  # of the scenes that show things of one kind
STYLED = 0.2  # of all
ALONE = ("one", "tiny", "count")  # a colour is the whole picture's: of two things, not of one alone
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Layer:
    concept: int
    size: int  # in tiles
    x: int  # left edge, in tiles
    y: int  # upper edge, in tiles


@dataclass
class Scene:
    caption: str
    kind: str
    background: str
    seed: int
    layers: list = field(default_factory=list)
    relation: str = ""
    looks: tuple = ()  # a colour, then a style, each of them or none


def article(noun):
    if noun.endswith("s") and not noun.endswith(("ss", "us", "cactus", "octopus", "bus")) and " of " not in noun:
        return noun  # grapes, glasses
    sounds_like_vowel = noun[0] in "aeiou" and not noun.startswith(("uni", "ufo", "eu"))
    return ("an " if sounds_like_vowel else "a ") + noun


def places(n, floor):
    """Where so many small sprites stand: left and upper edges."""
    up = floor - SMALL
    return {2: [(1, up), (9, up)],
            3: [(5, up - SMALL), (2, up), (8, up)],
            4: [(2, up - SMALL), (8, up - SMALL), (2, up), (8, up)],
            5: [(0, 0), (10, 0), (5, 5), (0, 10), (10, 10)]}[n]


def in_color(words, concept, color):
    """The words with a colour before the thing's name."""
    noun = max((n for n in (*concept.names, concept.plural) if n in words), key=len)
    colored = f"{color} {noun}"
    if article(noun) in words:
        return words.replace(article(noun), article(colored), 1)
    return words.replace(noun, colored, 1)


class Grammar:
    """Scenes without looks, unless they are asked for: only the text model is told of them."""

    def __init__(self, table, kinds=None, has_looks=False):
        self.table, self.has_looks = table, has_looks
        self.kinds = kinds or KINDS
        choose = lambda test: ([c for c in table if test(c)], [c.weight for c in table if test(c)])
        self.everything = choose(lambda c: True)
        self.riders = choose(lambda c: c.can_ride)
        self.mounts = choose(lambda c: c.is_mount)
        self.wearers = choose(lambda c: c.can_wear)
        self.hats = choose(lambda c: c.is_hat)
        self.held = choose(lambda c: c.can_be_held)
        self.holders = choose(lambda c: c.can_wear)

    def pick(self, rng, pool):
        return rng.choices(*pool)[0]

    def noun(self, rng, concept):
        names = concept.names
        return names[0] if len(names) == 1 or rng.random() < 0.6 else rng.choice(names[1:])

    def phrase(self, rng, concept):
        noun = self.noun(rng, concept)
        if rng.random() < 0.08:
            noun = rng.choice(MOODS) + " " + noun
        text = noun if rng.random() < 0.04 else article(noun)
        if rng.random() < 0.04:
            text += " " + rng.choice(DOINGS)
        return text

    def scene(self, seed):
        rng = random.Random(seed)
        kind = rng.choices(list(self.kinds), list(self.kinds.values()))[0]
        background, where, floor = self.background(rng)
        words, layers, relation = getattr(self, kind)(rng, floor)
        taste = random.Random(~seed)  # of its own, so that all else is the same without looks
        tint = self.tint(taste, kind, layers[0].concept, background)
        words = in_color(words, self.table[layers[0].concept], self.color(taste, tint)) if tint else words
        style = self.style(taste)
        text = self.styled(taste, self.dress(rng, words, where), style)
        return Scene(text, kind, background, rng.getrandbits(24), layers, relation, tuple(filter(None, (tint, style))))

    def tint(self, taste, kind, concept, background):
        """A colour for what is alone, or none; not for a yellow flower, and none that nobody could see."""
        is_free = self.has_looks and kind in ALONE and not set(" ".join(self.table[concept].names).split()) & set(TINTS)
        return taste.choice([t for t in TINTS if t != background]) if is_free and taste.random() < TINTED else None

    def color(self, taste, tint):
        return "golden" if tint == "yellow" and taste.random() < 0.25 else tint

    def style(self, taste):
        return taste.choice(list(STYLES)) if self.has_looks and taste.random() < STYLED else None

    def styled(self, taste, text, style):
        if style is None:
            return text
        before, behind = STYLES[style]
        words = taste.choice(behind)
        return taste.choices([f"{taste.choice(before)} {text}", f"{text}, {words}", f"{words}, {text}"], [5, 5, 1])[0]

    def background(self, rng):
        """A background, the words that name it (maybe none) and the row below the things' feet.  None is much likelier
        than the others where none is named: guidance makes the likely likelier still, and nine pictures would be alike."""
        if rng.random() < 0.4:
            name = "white" if rng.random() < 0.1 else rng.choice(list(PLAIN))
            color = article(name)
            where = rng.choice([f"on {color} background", f"on {color} background", f"with {color} background",
                                f"in front of {color} wall", f"against {color} wall", f", {name} background"])
            named = rng.random() < (0.5 if name == "white" else 0.7)
            return name, where if named else "", 13 + rng.randrange(3)
        name = rng.choice(list(SCENES))
        phrases, floor = SCENES[name]
        return name, rng.choice(phrases) if rng.random() < 0.75 else "", floor

    def dress(self, rng, words, where):
        text = words
        if where:
            text = text + where if where[0] == "," else f"{text} {where}"
            if where[0] != "," and rng.random() < 0.05:
                text = f"{where}, {words}"
        if rng.random() < 0.04:  # a word nobody knows
            unknown = "".join(rng.choices(LETTERS, k=rng.randrange(2, 9)))
            text = f"{text} {unknown}" if rng.random() < 0.6 else f"{unknown} {text}"
        if rng.random() < 0.1:
            text = f"{rng.choice(PREFIXES)} {text}"
        if rng.random() < 0.12:
            text = f"{text}, {rng.choice(SUFFIXES)}"
        return text

    # one function for each kind of scene: words, layers from back to front, relation

    def one(self, rng, floor):
        c = self.pick(rng, self.everything)
        size = LARGE if rng.random() < 0.65 else SMALL
        words = self.phrase(rng, c)
        if size == LARGE and rng.random() < 0.05:
            words = article(rng.choice(["giant", "huge", "big", "large"]) + " " + self.noun(rng, c))
        x = (GRID - size) // 2 + rng.randrange(-2, 3)
        return words, [Layer(c.index, size, x, floor - size)], ""

    def tiny(self, rng, floor):
        c = self.pick(rng, self.everything)
        words = article(rng.choice(["tiny", "small", "little", "very small"]) + " " + self.noun(rng, c))
        return words, [Layer(c.index, SMALL, rng.randrange(3, 8), floor - SMALL)], ""

    def two(self, rng, floor):
        """The one on the left or above is named first: the program turns other sentences round, so that
        what is drawn first is always what is read first."""
        a, b = self.pick(rng, self.everything), self.pick(rng, self.everything)
        first, second = self.phrase(rng, a), self.phrase(rng, b)
        relation = rng.choices(["beside", "left", "above"], [5, 4, 6])[0]
        word = rng.choice({
            "beside": ["and", "and", "next to", "beside", "with"],
            "left": ["to the left of", "on the left of", "left of"],
            "above": ["on top of", "on", "above", "over", "sitting on", "standing on"]}[relation])
        if relation == "above":
            x = 4 + rng.randrange(3)
            layers = [Layer(b.index, SMALL, x, floor - SMALL), Layer(a.index, SMALL, x, floor - 2 * SMALL)]
        else:
            layers = [Layer(a.index, SMALL, 1 + rng.randrange(2), floor - SMALL),
                      Layer(b.index, SMALL, 8 + rng.randrange(2), floor - SMALL)]
        return f"{first} {word} {second}", layers, relation

    def three(self, rng, floor):
        """The one named first above the two others."""
        concepts = [self.pick(rng, self.everything) for _ in range(3)]
        first, second, third = (self.phrase(rng, c) for c in concepts)
        layers = [Layer(c.index, SMALL, x, y) for c, (x, y) in zip(concepts, places(3, floor))]
        return f"{first}, {second} and {third}", layers, ""

    def count(self, rng, floor):
        c = self.pick(rng, self.everything)
        n = rng.choice([2, 3, 4, 5, 5])  # of five there is most to learn
        words = f"{NUMBERS[n]} {c.plural}"
        return words, [Layer(c.index, SMALL, x, y) for x, y in places(n, floor)], str(n)

    def ride(self, rng, floor):
        a, m = self.pick(rng, self.riders), self.pick(rng, self.mounts)
        x = 3 + rng.randrange(2)
        mount = Layer(m.index, LARGE, x, floor - LARGE)
        rider = Layer(a.index, SMALL, x + 1 + rng.randrange(2), 0)
        word = rng.choice(["riding", "riding", "driving"] if m.group == "vehicle" else ["riding", "riding on"])
        return f"{self.phrase(rng, a)} {word} {self.phrase(rng, m)}", [rider, mount], "above"

    def hat(self, rng, floor):
        c, h = self.pick(rng, self.wearers), self.pick(rng, self.hats)
        layers = [Layer(c.index, LARGE, 3 + rng.randrange(2), floor - LARGE), Layer(h.index, SMALL, 0, 0)]
        word = rng.choice(["wearing", "wearing", "with", "in"])
        return f"{self.phrase(rng, c)} {word} {self.phrase(rng, h)}", layers, "above"

    def hold(self, rng, floor):
        c, o = self.pick(rng, self.holders), self.pick(rng, self.held)
        layers = [Layer(c.index, LARGE, 0, floor - LARGE), Layer(o.index, SMALL, LARGE, floor - SMALL - rng.choice([0, 2]))]
        words = ["holding", "holding", "with", "carrying"]
        if o.group == "food":
            words += ["eating", "eating", "eating"]
        return f"{self.phrase(rng, c)} {rng.choice(words)} {self.phrase(rng, o)}", layers, "right"
