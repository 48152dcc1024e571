/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Convolutions against the definition in double precision: every kind, both
 * ways of computing, odd sizes and channels, every table of kernels, and the
 * same bits on any number of threads.
 */
#include "engine/limn.h"
#include "engine/tensor/convert.h"
#include "engine/tensor/conv.h"
#include "engine/tensor/cpu.h"

#include <math.h>
#include <string.h>

typedef struct
{
  LimnConv conv;
  LimnConvKind kind;
  guint height, width;         /* of the input */
  guint out_height, out_width; /* of the output */
  gboolean has_affine;
  gboolean wraps;
  float *weight, *bias, *in, *add, *mean, *scale, *shift; /* owned; pictures are (C, H, W) */
} Case;

static guint32 state = 1;

static float
random_float (void)
{
  state = state * 1664525 + 1013904223;
  return (gint32) state * 0x1p-31f;
}

static float *
random_new (gsize n)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = random_float ();
  return values;
}

static void
case_init (Case *c,
           LimnConvKind kind,
           guint size,
           guint n_in,
           guint n_out,
           guint height,
           guint width)
{
  memset (c, 0, sizeof *c);
  c->kind = kind;
  c->height = height;
  c->width = width;
  c->out_height = kind == LIMN_CONV_UPSAMPLE ? 2 * height
                  : kind == LIMN_CONV_HALVE  ? height / 2
                                             : height;
  c->out_width = kind == LIMN_CONV_UPSAMPLE ? 2 * width
                 : kind == LIMN_CONV_HALVE  ? width / 2
                                            : width;
  c->weight = random_new ((gsize) n_out * n_in * size * size);
  c->bias = random_new (n_out);
  c->in = random_new ((gsize) n_in * height * width);
  c->add = random_new ((gsize) n_out * c->out_height * c->out_width);
  c->mean = random_new (n_in + 16);
  c->scale = random_new (n_in + 16);
  c->shift = random_new (n_in + 16);
  for (guint i = n_in; i < n_in + 16; i++)
    c->mean[i] = c->scale[i] = c->shift[i] = 0;
  c->conv = (LimnConv){ n_out, n_in, size, LIMN_TYPE_F32, c->weight, c->bias };
}

static void
case_clear (Case *c)
{
  g_free (c->weight);
  g_free (c->bias);
  g_free (c->in);
  g_free (c->add);
  g_free (c->mean);
  g_free (c->scale);
  g_free (c->shift);
}

/* ==== the definition ===================================================== */

/* The pixel that the convolution sees, after doubling; zero outside, or from the other side. */
static double
pixel_at (const Case *c, guint channel, gint y, gint x)
{
  gint zoom = c->kind == LIMN_CONV_UPSAMPLE ? 2 : 1;
  gint height = (gint) c->height * zoom, width = (gint) c->width * zoom;
  double v;

  if (c->wraps)
    {
      y = (y + height) % height;
      x = (x + width) % width;
    }
  if (y < 0 || x < 0 || y >= height || x >= width)
    return 0;
  v = c->in[((gsize) channel * c->height + y / zoom) * c->width + x / zoom];
  if (!c->has_affine)
    return v;
  v = (v - c->mean[channel]) * c->scale[channel] + c->shift[channel];
  return v / (1 + exp (-v));
}

static double
define (const Case *c, guint o, guint y, guint x)
{
  guint size = c->conv.size;
  gint step = c->kind == LIMN_CONV_HALVE ? 2 : 1;
  gint first = c->kind == LIMN_CONV_HALVE || size == 1 ? 0 : -1;
  double sum = c->bias[o];

  for (guint i = 0; i < c->conv.n_in; i++)
    for (guint t = 0; t < size * size; t++)
      sum += c->weight[((gsize) o * c->conv.n_in + i) * size * size + t]
             * pixel_at (c, i, (gint) y * step + first + (gint) (t / size),
                         (gint) x * step + first + (gint) (t % size));
  return sum;
}

/* ==== computing ========================================================== */

static void
to_planes (const LimnPlanes *planes, const float *values)
{
  g_autofree float *channels = g_new (float, planes->n_channels);

  for (guint y = 0; y < planes->height; y++)
    for (guint x = 0; x < planes->width; x++)
      {
        for (guint i = 0; i < planes->n_channels; i++)
          channels[i] = values[((gsize) i * planes->height + y) * planes->width + x];
        limn_planes_set_pixel (planes, y, x, channels);
      }
}

static float *
planes_new (LimnPlanes *planes, guint n_channels, guint height, guint width)
{
  gsize n;
  float *memory;

  g_assert_true (limn_planes_size (n_channels, height, width, 1, &n));
  memory = g_aligned_alloc0 (n, sizeof (float), 64);
  limn_planes_init (planes, n_channels, height, width, 1, memory);
  return memory;
}

/* Result of a case, with an addend: (C, H, W). */
static float *
compute_case (const Case *c, guint n_threads)
{
  g_autoptr (LimnCompute) compute = limn_compute_new (n_threads, 0, NULL);
  LimnConvUse use = { &c->conv, c->kind, c->height, c->width };
  LimnAffine affine = { c->mean, c->scale, c->shift };
  guint n_out = c->conv.n_out;
  float *result = g_new (float, (gsize) n_out * c->out_height * c->out_width);
  g_autofree float *channels = g_new (float, n_out);
  LimnPlanes in, out;
  float *in_memory = planes_new (&in, c->conv.n_in, c->height, c->width);
  float *out_memory = planes_new (&out, n_out, c->out_height, c->out_width), *scratch;
  LimnConvPlan plan;
  gsize n;

  g_assert_true (limn_conv_scratch_size (&use, n_threads, &n));
  scratch = g_aligned_alloc (n + 1, sizeof (float), 64);
  g_assert_true (limn_conv_plan_init (&plan, compute, &use, NULL));
  to_planes (&in, c->in);
  to_planes (&out, c->add);
  in.wraps = c->wraps;
  limn_conv_run (compute, &plan, &in, c->has_affine ? &affine : NULL, &out, &out, scratch);
  for (guint y = 0; y < c->out_height; y++)
    for (guint x = 0; x < c->out_width; x++)
      {
        limn_planes_get_pixel (&out, y, x, channels);
        for (guint o = 0; o < n_out; o++)
          result[((gsize) o * c->out_height + y) * c->out_width + x] = channels[o];
      }
  for (guint y = 0; y < c->out_height; y++) /* the border is still zero */
    {
      g_assert_cmpfloat (limn_planes_at (&out, 0, y, 0)[-LIMN_BLOCK], ==, 0);
      g_assert_cmpfloat (limn_planes_at (&out, 0, y, c->out_width)[0], ==, 0);
    }
  limn_conv_plan_clear (&plan);
  g_aligned_free (scratch);
  g_aligned_free (in_memory);
  g_aligned_free (out_memory);
  return result;
}

static void
check_case (Case *c)
{
  gsize n = (gsize) c->conv.n_out * c->out_height * c->out_width;
  g_autofree float *one = compute_case (c, 1), *three = compute_case (c, 3);
  double tolerance = 2e-5 * sqrt (c->conv.n_in * 9); /* Winograd loses a digit */

  g_assert_cmpmem (three, n * sizeof *three, one, n * sizeof *one);
  for (guint o = 0; o < c->conv.n_out; o += MAX (1, c->conv.n_out / 5))
    for (guint y = 0; y < c->out_height; y++)
      for (guint x = 0; x < c->out_width; x++)
        {
          gsize i = ((gsize) o * c->out_height + y) * c->out_width + x;
          g_assert_cmpfloat_with_epsilon (one[i], define (c, o, y, x) + c->add[i], tolerance);
        }
}

static const struct
{
  LimnConvKind kind;
  guint size, n_in, n_out, height, width;
} cases[] = {
  { LIMN_CONV_SAME, 1, 5, 3, 4, 7 },         { LIMN_CONV_SAME, 1, 40, 50, 1, 1 },
  { LIMN_CONV_SAME, 3, 3, 20, 9, 5 },        { LIMN_CONV_SAME, 3, 33, 17, 16, 16 },
  { LIMN_CONV_SAME, 3, 16, 33, 24, 24 },     { LIMN_CONV_SAME, 3, 20, 3, 27, 31 },
  { LIMN_CONV_SAME, 3, 70, 48, 5, 150 },     { LIMN_CONV_SAME, 3, 8, 16, 1, 600 },
  { LIMN_CONV_UPSAMPLE, 3, 5, 7, 1, 1 },     { LIMN_CONV_UPSAMPLE, 3, 24, 40, 9, 6 },
  { LIMN_CONV_UPSAMPLE, 3, 16, 16, 20, 70 }, { LIMN_CONV_HALVE, 3, 5, 7, 2, 2 },
  { LIMN_CONV_HALVE, 3, 40, 33, 22, 36 },    { LIMN_CONV_SAME, 3, 150, 40, 9, 11 },
  { LIMN_CONV_SAME, 3, 20, 37, 67, 72 },     { LIMN_CONV_UPSAMPLE, 3, 17, 33, 35, 31 },
  { LIMN_CONV_SAME, 3, 20, 37, 99, 103 },    { LIMN_CONV_SAME, 3, 17, 20, 4, 1100 },
};

static void
test_cases (gconstpointer level)
{
  g_assert_true (limn_cpu_set_level (level, NULL));
  state = 1;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint has_affine = 0; has_affine < (cases[i].kind == LIMN_CONV_SAME ? 2 : 1); has_affine++)
      {
        Case c;

        case_init (&c, cases[i].kind, cases[i].size, cases[i].n_in, cases[i].n_out, cases[i].height,
                   cases[i].width);
        c.has_affine = has_affine;
        check_case (&c);
        c.wraps = TRUE;
        check_case (&c);
        case_clear (&c);
      }
}

/* Half precision weights give what their numbers give. */
static void
test_half (void)
{
  Case c;
  gsize n = 20 * 18 * 9;
  g_autofree guint16 *half = g_new (guint16, n);
  g_autofree float *wide = NULL, *narrow = NULL;

  case_init (&c, LIMN_CONV_SAME, 3, 18, 20, 6, 6);
  for (LimnType type = LIMN_TYPE_F16; type <= LIMN_TYPE_BF16; type++)
    {
      limn_convert_from_float (type, c.weight, half, n);
      limn_convert_to_float (type, half, c.weight, n);
      wide = compute_case (&c, 1);
      c.conv.type = type;
      c.conv.weight = half;
      narrow = compute_case (&c, 1);
      g_assert_cmpmem (narrow, 20 * 36 * 4, wide, 20 * 36 * 4);
      c.conv.type = LIMN_TYPE_F32;
      c.conv.weight = c.weight;
      g_clear_pointer (&wide, g_free);
      g_clear_pointer (&narrow, g_free);
    }
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; limn_cpu_get_table (i) != NULL; i++)
    if (limn_cpu_has_table (limn_cpu_get_table (i)))
      {
        const char *name = limn_cpu_get_table (i)->name;
        g_autofree char *path = g_strconcat ("/conv/cases/", name, NULL);
        g_test_add_data_func (path, name, test_cases);
      }
  g_test_add_func ("/conv/half", test_half);
  return g_test_run ();
}
