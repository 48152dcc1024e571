/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SplitMix64 (Steele, Lea and Flood, 2014) used as a hash of (seed, counter).
 * Leaves what the numbers are used for to the sampler.
 */
#include "rng.h"
#include "../limn.h"

#define GOLDEN_GAMMA G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

static guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

double
limn_random_uniform (guint64 seed, guint64 step)
{
  /* The seed is mixed first: people choose 1, 2, 3, ..., whose plain streams
   * would be shifted copies of one another. */
  guint64 z = mix (mix (seed + GOLDEN_GAMMA) + (step + 1) * GOLDEN_GAMMA);

  return (double) (z >> 11) * 0x1p-53;
}

guint64
limn_picture_seed (guint64 seed, guint i)
{
  /* 40 bits: enough for no picture of a grid to come twice, short enough to
   * be typed again and to be a number in JSON. */
  return i == 0 ? seed : mix (seed + i * GOLDEN_GAMMA) >> 24;
}
