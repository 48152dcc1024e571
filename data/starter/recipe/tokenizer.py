# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the byte-level BPE on captions and turns captions into rows of token ids.

Text reaches the model as " " + the lower-case caption, so that every word carries its space.
"""
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from . import concepts
from .bart import PAD
from .paths import WORK, work
from .presets import preset
from .scenes import Grammar

SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
START, END = 0, 2
N_CAPTIONS = 60000


def bare(model):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


class Text:
    """Caption -> ids with the start and end marks, at most `n_text` of them."""

    def __init__(self, n_text=64):
        self.n_text = n_text
        self.tokenizer = bare(models.BPE.from_file(str(WORK / "vocab.json"), str(WORK / "merges.txt")))

    def ids(self, caption):
        words = self.tokenizer.encode(" " + caption.lower().strip()).ids
        return [START, *words[: self.n_text - 2], END]

    def rows(self, captions, width=None):
        """A padded list of lists; None stands for the empty prompt."""
        rows = [[START, END] if c is None else self.ids(c) for c in captions]
        width = width or max(map(len, rows))
        return [row + [PAD] * (width - len(row)) for row in rows]


def main():
    p = preset()
    table = concepts.load(False)  # every name, so that a larger preset needs no new vocabulary
    grammar = Grammar(table)
    captions = (" " + grammar.scene(seed).caption.lower() for seed in range(N_CAPTIONS))
    tokenizer = bare(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=p.text_vocab, special_tokens=SPECIALS, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(captions, trainer)
    work("vocab.json")
    tokenizer.model.save(str(WORK))
    print(tokenizer.get_vocab_size(), "text tokens;", Text().ids("a frog on the moon, 3d render"))


if __name__ == "__main__":
    main()
