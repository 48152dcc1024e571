# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the backgrounds, our own work: plain colours and simple scenes built from few tiles.

Gradients change from row to row only, and every feature (a star, a tree, a wave) sits on the token
lattice; so a scene looks different every time although it is made of a few dozen distinct tiles.
"""
import numpy as np
from PIL import Image, ImageDraw

from .presets import GRID, TILE

SIDE = GRID * TILE
FINE = 4  # features are drawn this many times larger and then shrunk

PLAIN = {
    "white": (255, 255, 255), "black": (18, 18, 22), "red": (222, 52, 48), "orange": (246, 148, 48),
    "yellow": (250, 218, 76), "green": (88, 188, 88), "blue": (66, 126, 226), "light blue": (168, 214, 250),
    "purple": (142, 92, 210), "pink": (250, 164, 200), "grey": (150, 150, 156), "brown": (132, 92, 62),
}
# scene -> (phrases, tile row on which things stand)
SCENES = {
    "moon": (["on the moon", "on the moon", "on the surface of the moon"], 14),
    "space": (["in space", "in outer space", "among the stars", "through space"], 13),
    "mars": (["on mars"], 14),
    "beach": (["on the beach", "on a beach", "at the beach"], 15),
    "sea": (["on the sea", "at sea", "on the ocean", "in the ocean"], 13),
    "underwater": (["under water", "underwater", "in the deep sea", "under the sea"], 14),
    "desert": (["in the desert", "in a desert"], 14),
    "forest": (["in the forest", "in the woods", "in a forest"], 15),
    "meadow": (["on a meadow", "in a field", "on the grass", "in the garden", "in a park"], 15),
    "mountains": (["in the mountains", "in front of mountains"], 15),
    "snow": (["in the snow", "in winter", "on snow", "on the ice"], 15),
    "city": (["in the city", "in a city", "downtown", "on the street"], 15),
    "night": (["in the city at night", "at night", "by night"], 15),
    "sunset": (["at sunset", "in front of a sunset"], 14),
    "sky": (["in the sky", "in the clouds", "above the clouds"], 13),
    "road": (["on the road", "on a road"], 14),
    "room": (["in a room", "at home", "in the living room"], 15),
    "stage": (["on a stage", "on stage"], 15),
    "hell": (["in hell", "in flames", "in a volcano"], 14),
    "rainbow": (["with a rainbow background", "on a rainbow background"], 14),
}


def rows(*stops):
    """A picture whose colour runs through the stops (row of tiles, colour) from top to bottom."""
    ys = (np.arange(SIDE) + 0.5) / TILE
    at = [s[0] for s in stops]
    column = np.stack([np.interp(ys, at, [s[1][c] for s in stops]) for c in range(3)], -1)
    return np.repeat(column[:, None], SIDE, 1)


def feature(width, height, draw):
    """A small RGBA picture of width x height tiles; `draw(pen, unit)` paints it, unit is one tile."""
    unit = TILE * FINE
    image = Image.new("RGBA", (width * unit, height * unit), (0, 0, 0, 0))
    draw(ImageDraw.Draw(image), unit)
    rgba = np.asarray(image, np.float32)
    rgba[..., :3] *= rgba[..., 3:] / 255
    return rgba.reshape(height * TILE, FINE, width * TILE, FINE, 4).mean((1, 3))


def paste(picture, stamp, x, y):
    """Put a feature on the picture with its upper left corner at tile (x, y), cut at the edges."""
    h, w = stamp.shape[0], stamp.shape[1]
    x0, y0 = x * TILE, y * TILE
    a, b, c, d = max(0, y0), min(SIDE, y0 + h), max(0, x0), min(SIDE, x0 + w)
    if a < b and c < d:
        part = stamp[a - y0:b - y0, c - x0:d - x0]
        picture[a:b, c:d] = picture[a:b, c:d] * (1 - part[..., 3:] / 255) + part[..., :3]


def ellipse(color, left, top, right, bottom):
    return lambda pen, u: pen.ellipse([left * u, top * u, right * u, bottom * u], fill=color)


def polygon(color, *points):
    return lambda pen, u: pen.polygon([(x * u, y * u) for x, y in points], fill=color)


def several(*parts):
    def draw(pen, u):
        for part in parts:
            part(pen, u)
    return draw


def dot(color, radius):
    return feature(1, 1, ellipse(color, 0.5 - radius, 0.5 - radius, 0.5 + radius, 0.5 + radius))


WHITE = (255, 255, 255, 255)
STARS = [dot(WHITE, 0.09), dot((255, 240, 200, 255), 0.13), dot((190, 210, 255, 255), 0.07)]
CRATERS = [feature(2, 1, ellipse((0, 0, 0, 42), 0.1, 0.2, 1.9, 0.8)), feature(1, 1, ellipse((0, 0, 0, 42), 0.1, 0.3, 0.9, 0.7))]
SUN = feature(3, 3, ellipse((255, 236, 130, 255), 0.1, 0.1, 2.9, 2.9))
CLOUD = feature(4, 2, several(*(ellipse((255, 255, 255, 235), *e) for e in (
    (0.1, 0.9, 1.7, 2.0), (0.9, 0.2, 2.7, 1.95), (2.1, 0.7, 3.9, 2.0)))))
WAVE = feature(2, 1, lambda pen, u: pen.arc([0.2 * u, 0.3 * u, 1.8 * u, 1.1 * u], 200, 340, (215, 238, 250, 255), u // 9))
BUBBLE = feature(1, 1, lambda pen, u: pen.ellipse([0.3 * u, 0.3 * u, 0.7 * u, 0.7 * u], outline=(205, 238, 250, 220), width=u // 12))
WEED = feature(1, 3, polygon((40, 140, 90, 255), (0.35, 3), (0.2, 2), (0.55, 1), (0.4, 0.1), (0.8, 1), (0.5, 2), (0.7, 3)))
PINE = feature(3, 6, several(
    lambda pen, u: pen.rectangle([1.3 * u, 5 * u, 1.7 * u, 6 * u], fill=(104, 70, 46, 255)),
    *(polygon((34 + 8 * i, 104 + 12 * i, 66, 255), (1.5, 0.1 + i * 1.4), (0.15 + 0.2 * (2 - i), 2.4 + i * 1.4), (2.85 - 0.2 * (2 - i), 2.4 + i * 1.4)) for i in (2, 1, 0))))
FLOWERS = [dot(c, 0.2) for c in ((255, 255, 255, 255), (255, 214, 84, 255), (248, 138, 180, 255))]
PEAK = feature(8, 7, several(polygon((112, 122, 148, 255), (4, 0.1), (0, 7), (8, 7)),
                             polygon((245, 248, 252, 255), (4, 0.1), (3.0, 1.85), (3.5, 1.6), (4, 2.1), (4.5, 1.6), (5.0, 1.85))))
FLAKES = [dot(WHITE, 0.16), dot(WHITE, 0.1)]
FLAME = feature(2, 4, several(polygon((236, 92, 22, 255), (0, 4), (0.2, 2.2), (0.7, 1.4), (0.9, 0.1), (1.5, 1.6), (1.85, 2.4), (2, 4)),
                              polygon((252, 190, 52, 255), (0.4, 4), (0.55, 3), (1.0, 1.8), (1.4, 3), (1.6, 4))))
WINDOW = feature(4, 4, several(
    lambda pen, u: pen.rectangle([0, 0, 4 * u, 4 * u], fill=(252, 252, 248, 255)),
    *(lambda pen, u, x=x, y=y: pen.rectangle([x * u, y * u, (x + 1.6) * u, (y + 1.6) * u], fill=(166, 212, 246, 255)) for x in (0.25, 2.15) for y in (0.25, 2.15))))
DASH = feature(2, 1, polygon((246, 240, 210, 255), (0.2, 0.4), (1.4, 0.4), (1.4, 0.65), (0.2, 0.65)))


def building(width, wall, light):
    """A house front `width` tiles wide and a whole picture high, a window in every tile."""
    def draw(pen, u):
        pen.rectangle([0.06 * u, 0.1 * u, (width - 0.06) * u, GRID * u], fill=wall)
        for x in range(width):
            for y in range(GRID):
                pen.rectangle([(x + 0.3) * u, (y + 0.35) * u, (x + 0.7) * u, (y + 0.75) * u], fill=light)
    return feature(width, GRID, draw)


DAY_HOUSES = [building(w, c, (220, 236, 248, 255)) for w, c in ((3, (126, 140, 170, 255)), (2, (166, 134, 124, 255)))]
NIGHT_HOUSES = [building(w, c, (250, 214, 112, 255)) for w, c in ((3, (44, 44, 80, 255)), (2, (58, 48, 88, 255)))]


def strew(picture, rng, stamps, chance, top, bottom):
    for y in range(top, bottom):
        for x in range(GRID):
            if rng.random() < chance:
                paste(picture, stamps[rng.integers(len(stamps))], x, y)


def houses(picture, rng, kinds):
    x = 0
    while x < GRID:
        house = kinds[rng.integers(len(kinds))]
        paste(picture, house, x, int(rng.integers(4, 9)))
        x += house.shape[1] // TILE
    picture[14 * TILE:] = (88, 88, 96)


def clouds(picture, rng, ys=(1,)):
    for y in ys:
        if rng.random() < 0.7:
            paste(picture, CLOUD, int(rng.integers(-1, 13)), y)


def ground(picture, row, color, end=None):
    picture[row * TILE:] = rows((row, color), (GRID, end or color))[row * TILE:]


def moon(rng):
    p = rows((0, (10, 10, 30)), (11, (36, 32, 70)))
    strew(p, rng, STARS, 0.1, 0, 11)
    ground(p, 11, (186, 186, 194), (140, 140, 150))
    for y in (12, 14):
        paste(p, CRATERS[rng.integers(2)], int(rng.integers(0, 15)), y)
    return p


def space(rng):
    p = rows((0, (14, 10, 40)), (8, (58, 26, 96)), (16, (16, 12, 46)))
    strew(p, rng, STARS, 0.13, 0, GRID)
    return p


def mars(rng):
    p = rows((0, (232, 160, 112)), (11, (250, 206, 160)))
    ground(p, 11, (198, 100, 62), (166, 78, 48))
    for y in (12, 14):
        paste(p, CRATERS[rng.integers(2)], int(rng.integers(0, 15)), y)
    return p


def beach(rng):
    p = rows((0, (112, 192, 246)), (7, (214, 240, 250)))
    paste(p, SUN, int(rng.integers(0, 14)), 1)
    ground(p, 7, (52, 156, 214), (40, 130, 190))
    for y in (8, 10):
        paste(p, WAVE, int(rng.integers(0, 15)), y)
    ground(p, 11, (244, 220, 166), (232, 202, 142))
    return p


def sea(rng):
    p = rows((0, (112, 192, 246)), (8, (214, 240, 250)))
    clouds(p, rng)
    ground(p, 8, (52, 156, 214), (24, 96, 164))
    strew(p, rng, [WAVE], 0.08, 9, GRID)
    return p


def underwater(rng):
    p = rows((0, (70, 184, 224)), (14, (16, 70, 136)))
    ground(p, 14, (196, 182, 132), (176, 160, 112))
    for x in rng.choice(16, 3, replace=False):
        paste(p, WEED, int(x), 12)
    strew(p, rng, [BUBBLE], 0.06, 0, 11)
    return p


def desert(rng):
    p = rows((0, (120, 196, 246)), (9, (250, 236, 206)))
    paste(p, SUN, int(rng.integers(0, 14)), 1)
    ground(p, 9, (236, 188, 116), (210, 152, 80))
    return p


def forest(rng):
    p = rows((0, (176, 222, 236)), (10, (222, 240, 222)))
    for x in range(-1, GRID, 3):
        paste(p, PINE, x + int(rng.integers(0, 2)), 5)
    ground(p, 11, (92, 152, 72), (70, 124, 58))
    return p


def meadow(rng):
    p = rows((0, (120, 196, 250)), (10, (216, 240, 250)))
    clouds(p, rng, (1, 4))
    ground(p, 10, (124, 196, 88), (92, 166, 66))
    strew(p, rng, FLOWERS, 0.08, 11, GRID)
    return p


def mountains(rng):
    p = rows((0, (132, 192, 242)), (12, (232, 242, 250)))
    for x in (0, 8):
        paste(p, PEAK, x + int(rng.integers(-3, 3)), 5)
    ground(p, 12, (112, 172, 92), (92, 150, 76))
    return p


def snow(rng):
    p = rows((0, (160, 194, 230)), (11, (216, 230, 244)))
    strew(p, rng, FLAKES, 0.12, 0, 11)
    ground(p, 11, (248, 250, 254), (228, 238, 250))
    return p


def city(rng):
    p = rows((0, (144, 202, 246)), (14, (226, 242, 250)))
    houses(p, rng, DAY_HOUSES)
    return p


def night(rng):
    p = rows((0, (10, 10, 32)), (14, (44, 38, 84)))
    strew(p, rng, STARS, 0.08, 0, 8)
    houses(p, rng, NIGHT_HOUSES)
    return p


def sunset(rng):
    p = rows((0, (96, 54, 126)), (6, (236, 112, 98)), (11, (255, 186, 96)))
    paste(p, SUN, int(rng.integers(1, 12)), 9)
    ground(p, 11, (74, 46, 84), (48, 30, 62))
    return p


def sky(rng):
    p = rows((0, (82, 162, 240)), (16, (202, 230, 250)))
    clouds(p, rng, (0, 3, 6, 10, 13))
    return p


def road(rng):
    p = rows((0, (150, 210, 250)), (10, (226, 242, 250)))
    clouds(p, rng)
    ground(p, 9, (116, 182, 88))
    ground(p, 11, (98, 98, 106))
    for x in range(int(rng.integers(-2, 1)), GRID, 3):
        paste(p, DASH, x, 14)
    return p


def room(rng):
    p = rows((0, (238, 220, 194)), (16, (238, 220, 194)))
    paste(p, WINDOW, int(rng.integers(0, 13)), 1)
    ground(p, 12, (170, 120, 80), (146, 98, 62))
    return p


def stage(rng):
    p = rows((0, (120, 18, 38)), (12, (96, 12, 30)))
    stripe = 1 + 0.18 * np.sin((np.arange(SIDE) + 0.5) * 2 * np.pi / 32)
    p = p * stripe[None, :, None]
    ground(p, 12, (190, 134, 84), (150, 98, 58))
    return p


def hell(rng):
    p = rows((0, (44, 6, 8)), (14, (176, 38, 16)))
    for x in range(int(rng.integers(-1, 1)), GRID, 2):
        paste(p, FLAME, x, 12 + int(rng.integers(0, 2)))
    return p


def rainbow(rng):
    colors = [(240, 96, 96), (248, 170, 86), (250, 226, 104), (126, 206, 118), (96, 170, 240), (92, 110, 214), (160, 110, 214), (236, 140, 200)]
    return np.repeat(np.repeat(np.array(colors, float), 2 * TILE, 0)[:, None], SIDE, 1)


DRAW = {f.__name__: f for f in (moon, space, mars, beach, sea, underwater, desert, forest, meadow, mountains,
                                snow, city, night, sunset, sky, road, room, stage, hell, rainbow)}


def render(name, seed):
    """The background as a (256, 256, 3) uint8 picture."""
    if name in PLAIN:
        return np.full((SIDE, SIDE, 3), PLAIN[name], np.uint8)
    return DRAW[name](np.random.default_rng(seed)).round().clip(0, 255).astype(np.uint8)
