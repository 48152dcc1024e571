#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""peer.py LIMN-BENCH [mini|mega] [N]: Limn beside min(DALL·E) on PyTorch.

Times N pictures (9) with min(DALL·E)'s own networks, from its package, and with
Limn in the same run, on two threads each.  The weights are noise: time does not
depend on their values.  One encoding, some of the 256 steps, whose time does not
depend on the position either, and one rendering are measured and scaled.
"""
import re
import resource
import subprocess
import sys
import time

import torch
from min_dalle.models import DalleBartDecoder, DalleBartEncoder, VQGanDetokenizer

N_THREADS = 2
N_STEPS = 256
# layers, heads, width, width between, text vocabulary, image vocabulary
SIZES = {'mini': (12, 16, 1024, 2730, 50264, 16384), 'mega': (24, 32, 2048, 4096, 50272, 16415)}


def best_of(n, work):
    """The least seconds that work took, and what it returned."""
    best, result = None, None
    for _ in range(n):
        began = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - began
        best = seconds if best is None else min(best, seconds)
    return best, result


def make_networks(size):
    n_layers, n_heads, width, between, n_words, n_codes = SIZES[size]
    shape = {'layer_count': n_layers, 'embed_count': width, 'attention_head_count': n_heads,
             'glu_embed_count': between, 'device': 'cpu'}
    encoder = DalleBartEncoder(text_vocab_count=n_words, text_token_count=64, **shape)
    decoder = DalleBartDecoder(image_vocab_count=n_codes, **shape)
    return encoder.eval(), decoder.eval(), VQGanDetokenizer().eval()


def time_steps(size, decoder, tokens, state, n, measured=12):
    """Seconds of a step: the quicker half of some, as other programs only ever slow them down."""
    n_layers, width = SIZES[size][0], SIZES[size][2]
    rows = [0] * n + [1] * n
    cache = torch.zeros((n_layers, 4 * n, N_STEPS, width))
    image = torch.full((n, N_STEPS + 1), 2 ** 14 - 1)
    positions = torch.arange(N_STEPS)
    seconds = []
    for i in range(measured):
        began = time.perf_counter()
        image[:, i + 1], cache = decoder.sample_tokens(
            settings=torch.tensor([1, 256, 16], dtype=torch.float32),
            attention_mask=tokens[rows].not_equal(1)[:, None, None, :],
            encoder_state=state[rows], attention_state=cache,
            prev_tokens=image[:, [i]], token_index=positions[[i]])
        seconds.append(time.perf_counter() - began)
    half = sorted(seconds)[:measured // 2]
    return sum(half) / len(half)


def time_peer(size, n):
    encoder, decoder, renderer = make_networks(size)
    tokens = torch.ones((2, 64), dtype=torch.long)
    tokens[0, :2] = torch.tensor([0, 2])
    tokens[1, :8] = torch.tensor([0, 5, 6, 7, 8, 9, 10, 2])
    encoding, state = best_of(2, lambda: encoder(tokens))
    step = time_steps(size, decoder, tokens, state, n)
    rendering, _ = best_of(2, lambda: renderer(False, torch.randint(0, 2 ** 14, (n, N_STEPS))))
    total = encoding + N_STEPS * step + rendering
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** 20
    print(f'min(DALL·E), PyTorch {torch.__version__}: encoder {encoding:.2f} s, steps {N_STEPS * step:.1f} s, '
          f'rendering {rendering:.1f} s, all {total:.1f} s, {memory:.1f} GiB')
    return total, rendering


def time_limn(bench, size, n):
    report = subprocess.run([bench, '--size', size, '-n', str(n), '-t', str(N_THREADS), '--no-baseline'],
                            check=True, capture_output=True, text=True).stdout
    seconds = {name: float(re.search(rf'^{name} +([0-9.]+)', report, re.M).group(1))
               for name in ('encoder', 'decoder steps', 'rendering', 'all')}
    print(f"Limn: encoder {seconds['encoder']:.2f} s, steps {seconds['decoder steps']:.1f} s, "
          f"rendering {seconds['rendering']:.1f} s, all {seconds['all']:.2f} s")
    return seconds['all'], seconds['rendering']


def main():
    size = sys.argv[2] if len(sys.argv) > 2 else 'mini'
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 9
    torch.set_grad_enabled(False)
    torch.set_num_threads(N_THREADS)
    before = time_limn(sys.argv[1], size, n)
    peer = time_peer(size, n)
    after = time_limn(sys.argv[1], size, n)
    limn = [min(pair) for pair in zip(before, after)]
    print(f'Limn draws {n} pictures of {size} {peer[0] / limn[0]:.1f} times as fast, '
          f'renders them {peer[1] / limn[1]:.1f} times as fast')


main()
