# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the figures of EVAL.json into EVAL.md."""
import json
import re

import numpy as np

from .paths import HERE

BEGIN, END = "<!-- figures: written by ./train.sh eval -->", "<!-- end of figures -->"
NINE = 9
TOGETHER = {"seen": "seen", "unseen": "not seen"}


def percent(value, digits=0):
    return f"{100 * value:.{digits}f} %"


def with_error(pair):
    """A mean over prompts and its standard error."""
    return f"{100 * pair[0]:.0f} ± {100 * pair[1]:.0f} %"


def points(pair):
    return f"{100 * pair[0]:+.1f} ± {100 * pair[1]:.1f} points"


def shares(marks, wanted):
    """Prompt -> share of its nine pictures that have one of the wanted marks."""
    return {prompt: np.mean([m in wanted for m in row]) for prompt, row in marks.items()}


def of_nine(r):
    """Lines about nine pictures of each prompt."""
    n, named, clean = r["nine"], r["nine"]["named"], r["nine"]["clean"]
    pictures = f"{NINE * n['prompts']} pictures of {n['prompts']} prompts"
    yield "one thing, held-out phrasing, right", "90 %", f"{with_error(named['any'])} ({pictures})"
    yield "the same, clean", "", with_error(clean["any"])
    yield "best of nine right", "97 %", f"{with_error(named['best_of_nine'])}; clean {with_error(clean['best_of_nine'])}"
    for word, f in (("right", named), ("clean", clean)):
        yield (f"the best-ranked of nine {word}, against any of them", "more",
               f"{with_error(f['top_ranked'])}: {points(f['gain_of_rank'])}; "
               f"at most {100 * f['best_possible_gain']:.1f} were possible ({f['mixed_prompts']} prompts had both kinds)")
    yield "the two most alike of nine, one plain background asked for, differ by", "visibly", f"{percent(n['two_most_alike_differ_by'], 1)} of full scale, mean of prompts"


def of_free(r):
    f = r["free"]
    yield ("the two most alike of nine, no background named, differ by", "visibly",
           f"{percent(f['two_most_alike_differ_by'], 1)} of full scale, mean of prompts; all nine visibly for {percent(f['visibly'])} of {f['prompts']}")


def of_scenes(r):
    s = r["scenes"]
    yield (f"one thing in a scene, cells that are right ({NINE * s['prompts']} pictures)", "",
           f"{with_error(s['any'])}; best of nine {with_error(s['best_of_nine'])}")
    yield "the same, the best-ranked of nine, against any of them", "more", f"{with_error(s['top_ranked'])}: {points(s['gain_of_rank'])}"


def of_two(r):
    for kind, t in r["two"].items():
        yield f"two things with a relation, both there ({TOGETHER[kind]} together in the last training)", "75 %", f"{percent(t['both_present'])} of {t['pictures']}"
        both = round(t["both_present"] * t["pictures"])
        yield "the same: sides right, of those", "85 %", f"{round(t['order_right_of_those'] * both)} of {both}"


def lines(r):
    """Rows of the table: what, goal, figure."""
    if "nine" in r:
        yield from of_nine(r)
    if "free" in r:
        yield from of_free(r)
    if "scenes" in r:
        yield from of_scenes(r)
    if "one" in r:
        one = r["one"]
        yield "one thing, one picture each", "90 %", f"{percent(one['named'])} right, {percent(one['clean'])} clean, of {one['pictures']}"
    if "two" in r:
        yield from of_two(r)
    if "counts" in r:
        yield "counts two to five", "75 %", f"{percent(r['counts']['right'])} of {r['counts']['pictures']}"
    for part, what, goal in (("colours", "colour of one thing", "85 %"), ("styles", "named styles", "90 %")):
        if part in r:
            yield what, goal, f"{percent(r[part]['right'])} of {r[part]['pictures']}"
    if "grounds" in r:
        yield "named backgrounds", "90 %", f"{percent(r['grounds']['right'])} of {r['grounds']['pictures']}"
    if "judge" in r:
        yield "the judge itself, on true pixels", "", f"{percent(r['judge']['one'])} of 64 single things, {percent(r['judge']['two'])} of 64 pairs"


def comparisons(result):
    """Rows: another file's figures less those of the shipped one, prompt by prompt."""
    own = result["shipped"].get("nine")
    for name, other in result.items():
        if name == "shipped" or own is None or "nine" not in other:
            continue
        cells = []
        for wanted in ("nc", "c"):
            a, b = shares(own["marks"], wanted), shares(other["nine"]["marks"], wanted)
            apart = [b[p] - a[p] for p in a if p in b]
            cells.append(points((np.mean(apart), np.std(apart, ddof=1) / len(apart) ** 0.5)))
        yield name, *cells, other["nine"]["prompts"]


def table(head, rows):
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, ["---"] * len(head), *rows])


def figures(result):
    parts = [table(("what", "goal", "figure"), lines(result.get("shipped", {})))]
    compared = list(comparisons(result)) if "shipped" in result else []
    if compared:
        parts += ["Other files or settings, same prompts and seeds; what they have more (+) or less (-) than what is shipped:",
                  table(("what", "right", "clean", "prompts"), compared)]
    return "\n\n".join(parts)


def write(result):
    path = HERE / "EVAL.md"
    text = path.read_text(encoding="utf-8")
    between = re.compile(f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.DOTALL)
    path.write_text(between.sub(lambda m: f"\n{figures(result)}\n\n", text, count=1), encoding="utf-8")


if __name__ == "__main__":
    write(json.loads((HERE / "EVAL.json").read_text()))
