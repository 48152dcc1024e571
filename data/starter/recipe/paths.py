# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the recipe keeps its files: everything big goes under one working folder that git ignores."""
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
WORK = Path(os.environ.get("LIMN_STARTER_WORK", HERE / "_work"))
CONCEPTS = HERE / "concepts.tsv"


def work(name):
    """Path of a working file; its folder is made when missing."""
    path = WORK / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
