/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks: without one nothing changes, with one the code vectors become what the
 * formula says; their tokens show nothing, and no picture that is read has them.
 */
#include "engine/vqgan/decoder.h"
#include "engine/vqgan/encoder.h"
#include "engine/vqgan/looks.h"
#include "fixture.h"

#include <math.h>
#include <string.h>

#define N_CODE        32
#define N_BACKGROUNDS 500
#define COLOR         499
#define STYLE         498
#define HEIGHT        3
#define WIDTH         4
#define N             (HEIGHT * WIDTH)

static const guint widths[] = { 5, 20 }, sizes[] = { 1, 3 };

/* Numbers from -amount to amount, always the same. */
static float *
numbers (GPtrArray *owned, gsize n, guint seed, float amount)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = amount * ((float) ((i * 7919 + seed * 104729) % 2003) / 1001 - 1);
  g_ptr_array_add (owned, values);
  return values;
}

/* Gives the model two looks, the first of one cell, the second of nine. */
static void
add_looks (LimnModel *model, GPtrArray *owned)
{
  LimnVqganConfig *config = &model->vqgan;

  config->n_looks = 2;
  config->n_backgrounds = N_BACKGROUNDS;
  config->look_tokens[0] = COLOR;
  config->look_tokens[1] = STYLE;
  model->looks = g_new0 (LimnLook, 2);
  for (guint i = 0; i < 2; i++)
    {
      LimnLook *look = &model->looks[i];
      guint width = config->look_widths[i] = widths[i], size = config->look_sizes[i] = sizes[i];

      look->keep = numbers (owned, 2 * N_CODE, 11 + i, 1);
      look->bias = numbers (owned, 2 * width, 21 + i, 2);
      look->in = (LimnMatrix){ LIMN_TYPE_F32, width, N_CODE,
                               numbers (owned, width * N_CODE, 31 + i, 0.5f), NULL };
      look->out = (LimnMatrix){ LIMN_TYPE_F32, N_CODE, width * size * size,
                                numbers (owned, N_CODE * width * size * size, 41 + i, 0.2f), NULL };
    }
}

/* ==== the formula, the plain way ========================================== */

typedef struct
{
  double v[HEIGHT][WIDTH][N_CODE];
} Grid;

static double
hidden_of (const LimnLook *look, const double *v, gboolean is_background, guint h)
{
  const float *in = look->in.data;
  double sum = look->bias[(is_background ? 0 : look->in.n_rows) + h];

  for (guint c = 0; c < N_CODE; c++)
    sum += in[h * N_CODE + c] * v[c];
  return sum / (1 + exp (-sum));
}

static double
changed (const LimnLook *look,
         const Grid *from,
         const guint32 *shown,
         gboolean wraps,
         gint y,
         gint x,
         guint c)
{
  const float *out = look->out.data;
  guint n = look->in.n_rows, taps = look->out.n_cols / n, size = taps == 9 ? 3 : 1;
  double sum =
      look->keep[(shown[y * WIDTH + x] < N_BACKGROUNDS ? 0 : N_CODE) + c] * from->v[y][x][c];

  for (guint tap = 0; tap < taps; tap++)
    {
      gint i = y + (gint) (tap / size) - (gint) size / 2,
           j = x + (gint) (tap % size) - (gint) size / 2;
      gboolean is_outside = i < 0 || i >= HEIGHT || j < 0 || j >= WIDTH;
      if (is_outside && !wraps)
        continue;
      i = (i + HEIGHT) % HEIGHT;
      j = (j + WIDTH) % WIDTH;
      for (guint h = 0; h < n; h++)
        sum += out[c * n * taps + h * taps + tap]
               * hidden_of (look, from->v[i][j], shown[i * WIDTH + j] < N_BACKGROUNDS, h);
    }
  return sum;
}

static void
apply (const LimnLook *look, Grid *grid, const guint32 *shown, gboolean wraps)
{
  Grid from = *grid;

  for (gint y = 0; y < HEIGHT; y++)
    for (gint x = 0; x < WIDTH; x++)
      for (guint c = 0; c < N_CODE; c++)
        grid->v[y][x][c] = changed (look, &from, shown, wraps, y, x, c);
}

/* ==== tests =============================================================== */

/* A grid with a color and a style, in planes and in numbers. */
static void
check_formula (gboolean wraps, guint n_threads)
{
  static const guint32 ids[N] = { COLOR, STYLE, 3, 700, 701, 5, 702, 6, 7, 8, 703, 9 };
  static const guint32 want_shown[N] = { 3, 3, 3, 700, 701, 5, 702, 6, 7, 8, 703, 9 };
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  LimnModel model = { .vqgan = { .embed_dim = N_CODE, .n_embed = 1024 } };
  gsize n_floats;
  Grid grid;
  LimnPlanes planes;

  add_looks (&model, owned);
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (n_threads);
  g_autoptr (LimnLooks) looks = limn_looks_new (&model, HEIGHT, WIDTH, NULL);
  const guint32 *shown = limn_looks_get_shown (looks, ids);
  g_assert_cmpmem (shown, sizeof want_shown, want_shown, sizeof want_shown);

  g_assert_true (limn_planes_size (N_CODE, HEIGHT, WIDTH, 1, &n_floats));
  g_autofree float *memory = g_aligned_alloc (n_floats, sizeof (float), 64);
  limn_planes_init (&planes, N_CODE, HEIGHT, WIDTH, 1, memory);
  planes.wraps = wraps;
  for (guint i = 0; i < N; i++)
    {
      const float *v = numbers (owned, N_CODE, 100 + i, 1);
      limn_planes_set_pixel (&planes, i / WIDTH, i % WIDTH, v);
      for (guint c = 0; c < N_CODE; c++)
        grid.v[i / WIDTH][i % WIDTH][c] = v[c];
    }
  limn_looks_apply (looks, compute, ids, &planes);
  apply (&model.looks[0], &grid, shown, wraps);
  apply (&model.looks[1], &grid, shown, wraps);
  for (guint i = 0; i < N; i++)
    {
      float v[N_CODE];
      limn_planes_get_pixel (&planes, i / WIDTH, i % WIDTH, v);
      for (guint c = 0; c < N_CODE; c++)
        g_assert_cmpfloat_with_epsilon (v[c], grid.v[i / WIDTH][i % WIDTH][c], 1e-3);
    }
  g_aligned_free (g_steal_pointer (&memory));
  g_free (model.looks);
}

static void
test_formula (void)
{
  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      check_formula (FALSE, n_threads);
      check_formula (TRUE, n_threads);
    }
}

static void
check_shown (const guint32 *ids, const guint32 *want)
{
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  LimnModel model = { .vqgan = { .embed_dim = N_CODE, .n_embed = 1024 } };

  add_looks (&model, owned);
  g_autoptr (LimnLooks) looks = limn_looks_new (&model, 2, 2, NULL);
  g_assert_cmpmem (limn_looks_get_shown (looks, ids), 16, want, 16);
  g_free (model.looks);
}

static void
test_shown (void)
{
  check_shown ((guint32[]){ 1, 2, 3, 4 }, (guint32[]){ 1, 2, 3, 4 });
  check_shown ((guint32[]){ 1, COLOR, 3, 4 }, (guint32[]){ 1, 3, 3, 4 });
  check_shown ((guint32[]){ 1, 2, COLOR, STYLE }, (guint32[]){ 1, 2, 2, 2 });
  check_shown ((guint32[]){ COLOR, 2, STYLE, COLOR }, (guint32[]){ 2, 2, 2, 2 });
  /* things do not stand in, unless there is nothing else */
  check_shown ((guint32[]){ COLOR, 700, 701, 3 }, (guint32[]){ 3, 700, 701, 3 });
  check_shown ((guint32[]){ 3, 700, COLOR, 701 }, (guint32[]){ 3, 700, 3, 701 });
  check_shown ((guint32[]){ 700, COLOR, 701, STYLE }, (guint32[]){ 700, 701, 701, 701 });
  /* nothing but looks: anything that exists */
  check_shown ((guint32[]){ COLOR, STYLE, COLOR, STYLE },
               (guint32[]){ COLOR, STYLE, COLOR, STYLE });
}

static float *
decode (VqganFixture *fixture, const guint32 *ids, guint n_threads)
{
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (n_threads);
  g_autoptr (GError) error = NULL;
  float *rgb = g_new (float, N * 256 * 3);

  limn_vqgan_decode (&fixture->model, compute, ids, HEIGHT, WIDTH, rgb, NULL, &error);
  g_assert_no_error (error);
  return rgb;
}

/* A model with looks draws pictures without one as if it had none, and others otherwise. */
static void
test_decoder (void)
{
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER);
  guint32 ids[N] = { 3, 3, 700, 3, 5, 701, 702, 6, 7, 8, 703, 9 };
  gsize n_bytes = N * 256 * 3 * sizeof (float);
  guint64 without;

  if (fixture == NULL)
    return;
  g_autofree float *plain = decode (fixture, ids, 2);
  without = limn_vqgan_decoder_bytes (&fixture->model, HEIGHT, WIDTH, 2);
  add_looks (&fixture->model, owned);
  g_assert_cmpuint (limn_vqgan_decoder_bytes (&fixture->model, HEIGHT, WIDTH, 2), >, without);
  g_autofree float *same = decode (fixture, ids, 2);
  g_assert_cmpmem (plain, n_bytes, same, n_bytes);

  ids[0] = COLOR;
  g_autofree float *colored = decode (fixture, ids, 1);
  g_autofree float *again = decode (fixture, ids, 3);
  g_assert_cmpmem (colored, n_bytes, again, n_bytes);
  g_assert_true (memcmp (colored, plain, n_bytes) != 0);
}

/* What was read from a picture is never a look, though its code may be the nearest. */
static void
test_encoder (void)
{
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (VqganFixture) fixture =
      vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER);
  guint32 before[4], after[4];

  if (fixture == NULL)
    return;
  const float *rgb = numbers (owned, 32 * 32 * 3, 5, 1);
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (2);
  LimnModel *model = &fixture->model;
  g_assert_true (limn_vqgan_encode (model, compute, rgb, 32, 32, before, NULL, NULL, NULL));
  model->vqgan.n_looks = 1;
  model->vqgan.look_tokens[0] = before[2];
  g_assert_true (limn_vqgan_encode (model, compute, rgb, 32, 32, after, NULL, NULL, NULL));
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (after[i], !=, before[2]);
      if (before[i] != before[2])
        g_assert_cmpuint (after[i], ==, before[i]);
    }
}

/* An encoder without a middle is one whose middle adds nothing. */
static void
test_encoder_without_middle (void)
{
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (VqganFixture) fixture =
      vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER);
  guint32 ids[4];
  float zero[4 * N_CODE], without[4 * N_CODE];

  if (fixture == NULL)
    return;
  const float *rgb = numbers (owned, 32 * 32 * 3, 6, 1);
  const float *nothing = numbers (owned, N_CODE * N_CODE * 9, 0, 0);
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (1);
  LimnVqgan *encoder = &fixture->model.vqgan_encoder;
  LimnConv *last[] = { &encoder->mid_1.conv2, &encoder->mid_attn.out, &encoder->mid_2.conv2 };
  for (guint i = 0; i < G_N_ELEMENTS (last); i++)
    {
      g_assert_cmpuint (last[i]->n_out, ==, N_CODE);
      last[i]->weight = last[i]->bias = nothing;
    }
  g_assert_true (limn_vqgan_encode (&fixture->model, compute, rgb, 32, 32, ids, zero, NULL, NULL));
  encoder->mid_1.conv1.weight = NULL;
  g_assert_true (
      limn_vqgan_encode (&fixture->model, compute, rgb, 32, 32, ids, without, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (zero); i++)
    g_assert_cmpfloat_with_epsilon (without[i], zero[i], 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/looks/shown", test_shown);
  g_test_add_func ("/looks/formula", test_formula);
  g_test_add_func ("/looks/decoder", test_decoder);
  g_test_add_func ("/looks/encoder", test_encoder);
  g_test_add_func ("/looks/encoder-without-middle", test_encoder_without_middle);
  return g_test_run ();
}
