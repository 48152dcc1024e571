/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times plain OpenBLAS on the shapes of a model. */
#include "baseline.h"
#include "stages.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#define POOL_FLOATS ((gsize) 256 << 20) /* a gigabyte: weights come from memory, as they would */

typedef struct
{
  float *pool; /* owned: weights are taken from it in turn */
  gsize n_pool;
  gsize next;
  float *x, *y;    /* owned */
  gboolean is_dry; /* convolutions are counted alone */
  double floating_ops;
} Baseline;

static float *
make_floats (gsize n)
{
  float *x = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    x[i] = (float) (i % 251) * 1e-3f;
  return x;
}

static void
baseline_init (Baseline *baseline, gsize n_pool, gsize n_x, gsize n_y)
{
  *baseline = (Baseline){ .n_pool = MIN (n_pool, POOL_FLOATS) };
  baseline->pool = make_floats (baseline->n_pool);
  baseline->x = make_floats (n_x);
  baseline->y = make_floats (n_y);
}

static void
baseline_clear (Baseline *baseline)
{
  g_free (baseline->pool);
  g_free (baseline->x);
  g_free (baseline->y);
}

static const float *
take_weights (Baseline *baseline, gsize n)
{
  const float *weights;

  n = MIN (n, baseline->n_pool);
  if (baseline->next + n > baseline->n_pool)
    baseline->next = 0;
  weights = baseline->pool + baseline->next;
  baseline->next += n;
  return weights;
}

/* y (m, n_out) = x (m, n_in) * W^T */
static void
multiply (Baseline *baseline, guint m, guint n_out, guint n_in)
{
  const float *w = take_weights (baseline, (gsize) n_out * n_in);

  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (blasint) m, (blasint) n_out,
               (blasint) n_in, 1, baseline->x, (blasint) n_in, w, (blasint) n_in, 0, baseline->y,
               (blasint) n_out);
}

/* One head of one row over n_keys keys. */
static void
attend (Baseline *baseline, guint size, guint n_keys)
{
  const float *keys = take_weights (baseline, (gsize) n_keys * size);
  const float *values = take_weights (baseline, (gsize) n_keys * size);
  float *scores = baseline->y, sum = 0;

  cblas_sgemv (CblasRowMajor, CblasNoTrans, (blasint) n_keys, (blasint) size, 1, keys,
               (blasint) size, baseline->x, 1, 0, scores, 1);
  for (guint t = 0; t < n_keys; t++)
    sum += scores[t] = expf (scores[t] - scores[0]);
  cblas_sscal ((blasint) n_keys, 1 / sum, scores, 1);
  cblas_sgemv (CblasRowMajor, CblasTrans, (blasint) n_keys, (blasint) size, 1, values,
               (blasint) size, scores, 1, 0, baseline->y + n_keys, 1);
}

static void
attend_all (Baseline *baseline, guint n_rows, guint n_heads, guint size, guint n_keys)
{
  for (guint i = 0; i < n_rows * n_heads; i++)
    attend (baseline, size, n_keys);
}

static void
run_glu (Baseline *baseline, guint n_rows, guint d, guint ffn)
{
  multiply (baseline, n_rows, ffn, d);
  multiply (baseline, n_rows, ffn, d);
  multiply (baseline, n_rows, d, ffn);
}

static gsize
get_widest (const LimnTextConfig *text)
{
  return MAX (MAX (text->d, text->decoder.ffn), MAX (text->encoder.ffn, text->image_rows));
}

double
baseline_time_encoder (LimnModel *model, guint n_rows, guint n_threads)
{
  const LimnTextConfig *text = &model->text;
  gsize widest = get_widest (text);
  Baseline baseline;
  double began;

  openblas_set_num_threads ((int) n_threads);
  baseline_init (&baseline, (gsize) text->d * text->d * 64, n_rows * widest, n_rows * widest);
  began = stages_get_time ();
  for (guint i = 0; i < text->encoder.n_layers; i++)
    {
      for (guint j = 0; j < 4; j++)
        multiply (&baseline, n_rows, text->d, text->d);
      attend_all (&baseline, n_rows, text->encoder.n_heads, text->d / text->encoder.n_heads,
                  n_rows / 2);
      run_glu (&baseline, n_rows, text->d, text->encoder.ffn);
    }
  began = stages_get_time () - began;
  baseline_clear (&baseline);
  return began;
}

static void
run_step (Baseline *baseline,
          const LimnTextConfig *text,
          guint n_rows,
          guint n_keys,
          guint position)
{
  guint n_heads = text->decoder.n_heads, d = text->d;

  for (guint i = 0; i < text->decoder.n_layers; i++)
    {
      for (guint j = 0; j < 6; j++)
        multiply (baseline, n_rows, d, d);
      attend_all (baseline, n_rows, n_heads, d / n_heads, position + 1);
      attend_all (baseline, n_rows, n_heads, d / n_heads, n_keys);
      run_glu (baseline, n_rows, d, text->decoder.ffn);
    }
  multiply (baseline, n_rows, text->image_vocab, d);
}

double
baseline_time_steps (LimnModel *model,
                     guint n_rows,
                     guint n_keys,
                     guint n_measured,
                     guint n_threads)
{
  const LimnTextConfig *text = &model->text;
  gsize widest = get_widest (text), d = text->d;
  gsize n_weights =
      text->decoder.n_layers * (6 * d * d + 3 * d * text->decoder.ffn) + d * text->image_vocab;
  Baseline baseline;
  double began;

  openblas_set_num_threads ((int) n_threads);
  baseline_init (&baseline, n_weights, n_rows * widest, n_rows * widest + 1024);
  run_step (&baseline, text, n_rows, n_keys, 0);
  began = stages_get_time ();
  for (guint i = 0; i < n_measured; i++)
    run_step (&baseline, text, n_rows, n_keys, (2 * i + 1) * text->image_length / (2 * n_measured));
  began = stages_get_time () - began;
  baseline_clear (&baseline);
  return began * text->image_length / n_measured;
}

/* ---- convolutions --------------------------------------------------------- */

/* x (n_in, side, side) -> columns (n_in * 9, side * side), zeros around. */
static void
unfold (const float *x, guint n_in, guint side, float *columns)
{
  for (guint c = 0; c < n_in; c++)
    for (gint tap = 0; tap < 9; tap++)
      for (guint row = 0; row < side; row++)
        {
          gint y = (gint) row + tap / 3 - 1, dx = tap % 3 - 1;
          float *out = columns + (((gsize) c * 9 + tap) * side + row) * side;
          const float *in = x + ((gsize) c * side + MAX (y, 0)) * side;

          memset (out, 0, side * sizeof (float));
          if (y >= 0 && y < (gint) side)
            memcpy (out + (dx < 0), in + (dx > 0), (side - (dx != 0)) * sizeof (float));
        }
}

static void
convolve (Baseline *baseline, float *columns, guint n_in, guint n_out, guint side, guint size)
{
  gsize n_pixels = (gsize) side * side;
  guint n_k = n_in * size * size;
  const float *w;

  baseline->floating_ops += 2.0 * n_out * (double) n_pixels * n_k;
  if (baseline->is_dry)
    return;
  w = take_weights (baseline, (gsize) n_out * n_k);
  if (size == 3)
    unfold (baseline->x, n_in, side, columns);
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) n_out, (blasint) n_pixels,
               (blasint) n_k, 1, w, (blasint) n_k, size == 3 ? columns : baseline->x,
               (blasint) n_pixels, 0, baseline->y, (blasint) n_pixels);
}

static void
run_attention (Baseline *baseline, guint n, guint side)
{
  blasint pixels = (blasint) (side * side);

  for (guint i = 0; i < 4; i++)
    convolve (baseline, NULL, n, n, side, 1);
  baseline->floating_ops += 4.0 * n * pixels * pixels;
  for (guint i = 0; i < 2 && !baseline->is_dry; i++)
    cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, pixels, pixels, (blasint) n, 1,
                 baseline->x, pixels, baseline->x, pixels, 0, baseline->y, pixels);
}

static void
run_level (Baseline *baseline, float *columns, LimnModel *model, guint level)
{
  const LimnVqganConfig *vqgan = &model->vqgan;
  const LimnLevel *blocks = &model->vqgan_decoder.levels[level];
  guint side = model->info.picture_size >> level, n_out = vqgan->ch * vqgan->ch_mult[level];

  for (guint j = 0; j < blocks->n_blocks; j++)
    {
      const LimnResBlock *block = &blocks->blocks[j];

      convolve (baseline, columns, block->conv1.n_in, n_out, side, 3);
      convolve (baseline, columns, n_out, n_out, side, 3);
      if (block->conv1.n_in != n_out)
        convolve (baseline, columns, block->conv1.n_in, n_out, side, 1);
      if (blocks->attn)
        run_attention (baseline, n_out, side);
    }
  if (level > 0)
    convolve (baseline, columns, n_out, n_out, 2 * side, 3);
}

static gsize
get_largest_plane (LimnModel *model)
{
  const LimnVqganConfig *vqgan = &model->vqgan;
  gsize largest = 0;

  for (guint i = 0; i < vqgan->n_levels; i++)
    {
      gsize side = model->info.picture_size >> i, n = vqgan->ch * vqgan->ch_mult[i];

      largest = MAX (largest, side * side * n * (i > 0 ? 4 : 2));
    }
  return largest;
}

static void
run_render (Baseline *baseline, float *columns, LimnModel *model)
{
  const LimnVqganConfig *vqgan = &model->vqgan;
  guint last = vqgan->n_levels - 1, side = model->info.picture_size >> last;
  guint n = vqgan->ch * vqgan->ch_mult[last];

  convolve (baseline, columns, vqgan->z_channels, n, side, 3);
  for (guint i = 0; i < 4; i++)
    convolve (baseline, columns, n, n, side, 3);
  run_attention (baseline, n, side);
  for (guint level = vqgan->n_levels; level-- > 0;)
    run_level (baseline, columns, model, level);
  convolve (baseline, columns, vqgan->ch * vqgan->ch_mult[0], 3, model->info.picture_size, 3);
}

double
baseline_time_render (LimnModel *model, guint n_threads)
{
  gsize plane = get_largest_plane (model);
  g_autofree float *columns = make_floats (plane * 9);
  Baseline baseline;
  double began;

  openblas_set_num_threads ((int) n_threads);
  baseline_init (&baseline, (gsize) 64 << 20, plane, plane);
  began = stages_get_time ();
  run_render (&baseline, columns, model);
  began = stages_get_time () - began;
  baseline_clear (&baseline);
  return began;
}

double
baseline_count_render (LimnModel *model)
{
  Baseline baseline = { .is_dry = TRUE };

  run_render (&baseline, NULL, model);
  return baseline.floating_ops;
}

const char *
baseline_get_core (void)
{
  return openblas_get_corename ();
}
