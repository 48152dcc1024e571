# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads concepts.tsv, the table of everything the model can draw."""
import csv
from dataclasses import dataclass

from .paths import CONCEPTS

WEIGHTS = {"animal": 2.0, "character": 1.6, "vehicle": 1.5, "food": 1.3}


@dataclass(frozen=True)
class Concept:
    index: int
    codes: str  # code points, as in the sprite's file name
    names: tuple  # the first one is the plain name, the others are synonyms
    plural: str
    group: str
    can_ride: bool
    is_mount: bool
    can_wear: bool
    is_hat: bool
    can_be_held: bool
    weight: float  # how often scenes should show it


def load(core_only):
    with open(CONCEPTS, newline="", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["core"] == "1" or not core_only]
    flag = lambda row, name: row[name] == "1"
    return [
        Concept(i, r["codes"], (r["name"], *filter(None, r["synonyms"].split("|"))), r["plural"],
                r["group"], flag(r, "can_ride"), flag(r, "is_mount"), flag(r, "can_wear"),
                flag(r, "is_hat"), flag(r, "can_be_held"), WEIGHTS.get(r["group"], 1.0))
        for i, r in enumerate(rows)
    ]
