/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks, see looks.h.  Their weights are unpacked and turned round when a picture
 * asks for them, so that the inner loops run along neighbouring numbers.
 */
#include "config.h"
#include "looks.h"

#include <glib/gi18n-lib.h>

#include <math.h>
#include <string.h>

#define MAX_VECTOR 4096 /* numbers of a code vector, see model-config.c */

struct _LimnLooks
{
  LimnModel *model; /* borrowed */
  guint height;
  guint width;
  guint32 *shown; /* owned, as all below: (height, width) */
  float *hidden;  /* (height, width, most hidden numbers) */
  float *in;      /* (embed_dim, hidden) */
  float *out;     /* (taps, hidden, embed_dim) */
  float *row;     /* of a matrix, as it is unpacked */
};

/* One look being applied. */
typedef struct
{
  LimnLooks *looks;
  const LimnLook *look;
  const LimnPlanes *planes;
  guint n_hidden;
  guint size;
} Job;

/* ==== memory ============================================================= */

typedef struct
{
  gsize hidden, in, out, row;
} Sizes;

static Sizes
sizes_of (const LimnModel *model, guint height, guint width)
{
  const LimnVqganConfig *config = &model->vqgan;
  Sizes sizes = { .row = config->embed_dim };

  for (guint i = 0; i < config->n_looks; i++)
    {
      gsize n = config->look_widths[i], columns = n * config->look_sizes[i] * config->look_sizes[i];
      sizes.hidden = MAX (sizes.hidden, n * height * width);
      sizes.in = MAX (sizes.in, n * config->embed_dim);
      sizes.out = MAX (sizes.out, columns * config->embed_dim);
      sizes.row = MAX (sizes.row, columns);
    }
  return sizes;
}

guint64
limn_looks_bytes (LimnModel *model, guint height, guint width)
{
  Sizes sizes = sizes_of (model, height, width);

  if (model->vqgan.n_looks == 0)
    return 0;
  return (sizes.hidden + sizes.in + sizes.out + sizes.row) * sizeof (float)
         + (guint64) height * width * sizeof (guint32);
}

LimnLooks *
limn_looks_new (LimnModel *model, guint height, guint width, GError **error)
{
  Sizes sizes = sizes_of (model, height, width);
  g_autoptr (LimnLooks) looks = g_new0 (LimnLooks, 1);

  looks->model = model;
  looks->height = height;
  looks->width = width;
  looks->shown = g_try_new (guint32, (gsize) height * width);
  looks->hidden = g_try_new (float, sizes.hidden);
  looks->in = g_try_new (float, sizes.in);
  looks->out = g_try_new (float, sizes.out);
  looks->row = g_try_new (float, sizes.row);
  if (looks->shown && looks->hidden && looks->in && looks->out && looks->row)
    return g_steal_pointer (&looks);
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
               _ ("There is not enough free memory to turn tokens into pictures."));
  return NULL;
}

void
limn_looks_free (LimnLooks *looks)
{
  if (looks == NULL)
    return;
  g_free (looks->shown);
  g_free (looks->hidden);
  g_free (looks->in);
  g_free (looks->out);
  g_free (looks->row);
  g_free (looks);
}

/* ==== weights ============================================================ */

static void
unpack (const Job *job)
{
  LimnLooks *looks = job->looks;
  guint n = job->n_hidden, n_code = looks->model->vqgan.embed_dim, taps = job->size * job->size;

  for (guint h = 0; h < n; h++)
    {
      limn_matrix_get_row (&job->look->in, h, looks->row);
      for (guint c = 0; c < n_code; c++)
        looks->in[(gsize) c * n + h] = looks->row[c];
    }
  for (guint c = 0; c < n_code; c++)
    {
      limn_matrix_get_row (&job->look->out, c, looks->row);
      for (guint h = 0; h < n; h++)
        for (guint tap = 0; tap < taps; tap++)
          looks->out[((gsize) tap * n + h) * n_code + c] = looks->row[h * taps + tap];
    }
}

/* ==== cells ============================================================== */

static gboolean
is_background (const Job *job, guint y, guint x)
{
  return job->looks->shown[(gsize) y * job->looks->width + x]
         < job->looks->model->vqgan.n_backgrounds;
}

/* out += x * row, n numbers */
static inline void
add_scaled (float *out, float x, const float *row, guint n)
{
  for (guint i = 0; i < n; i++)
    out[i] += x * row[i];
}

/* swish (in (v) + bias) of one row of cells. */
static void
hidden_chunk (gpointer data, guint y)
{
  const Job *job = data;
  LimnLooks *looks = job->looks;
  guint n = job->n_hidden, n_code = looks->model->vqgan.embed_dim;
  float v[MAX_VECTOR];

  for (guint x = 0; x < looks->width; x++)
    {
      float *hidden = looks->hidden + ((gsize) y * looks->width + x) * n;

      limn_planes_get_pixel (job->planes, y, x, v);
      memcpy (hidden, job->look->bias + (is_background (job, y, x) ? 0 : n), n * sizeof *hidden);
      for (guint c = 0; c < n_code; c++)
        add_scaled (hidden, v[c], looks->in + (gsize) c * n, n);
      for (guint h = 0; h < n; h++)
        hidden[h] /= 1 + expf (-hidden[h]);
    }
}

/* The hidden numbers of a cell, or NULL beyond the edge. */
static const float *
hidden_at (const Job *job, gint y, gint x)
{
  gint height = (gint) job->looks->height, width = (gint) job->looks->width;

  if (job->planes->wraps)
    {
      y = (y + height) % height;
      x = (x + width) % width;
    }
  if (y < 0 || y >= height || x < 0 || x >= width)
    return NULL;
  return job->looks->hidden + ((gsize) y * width + x) * job->n_hidden;
}

/* Adds what comes out to one row of cells. */
static void
out_chunk (gpointer data, guint y)
{
  const Job *job = data;
  LimnLooks *looks = job->looks;
  guint n = job->n_hidden, n_code = looks->model->vqgan.embed_dim;
  gint reach = (gint) job->size / 2;
  float v[MAX_VECTOR];

  for (guint x = 0; x < looks->width; x++)
    {
      const float *weights = looks->out;
      const float *keep = job->look->keep + (is_background (job, y, x) ? 0 : n_code);

      limn_planes_get_pixel (job->planes, y, x, v);
      for (guint c = 0; c < n_code; c++)
        v[c] *= keep[c];
      for (gint i = -reach; i <= reach; i++)
        for (gint j = -reach; j <= reach; j++, weights += (gsize) n * n_code)
          {
            const float *hidden = hidden_at (job, (gint) y + i, (gint) x + j);
            for (guint h = 0; hidden != NULL && h < n; h++)
              add_scaled (v, hidden[h], weights + (gsize) h * n_code, n_code);
          }
      limn_planes_set_pixel (job->planes, y, x, v);
    }
}

/* ==== the whole ========================================================== */

gboolean
limn_looks_have (const LimnModel *model, guint32 id)
{
  for (guint i = 0; i < model->vqgan.n_looks; i++)
    if (model->vqgan.look_tokens[i] == id)
      return TRUE;
  return FALSE;
}

gboolean
limn_looks_can_stand_in (const LimnModel *model, guint32 id)
{
  guint n_backgrounds = model->vqgan.n_backgrounds;

  return (n_backgrounds == 0 || id < n_backgrounds) && !limn_looks_have (model, id);
}

static gboolean
is_seen (const LimnModel *model, guint32 id)
{
  return !limn_looks_have (model, id);
}

/* Puts the next token that is fit, or the last, in place of each look; FALSE if there is none. */
static gboolean
put_in_place (LimnLooks *looks,
              const guint32 *ids,
              gboolean (*is_fit) (const LimnModel *model, guint32 id))
{
  gsize n = (gsize) looks->height * looks->width, last = n, next = n;

  for (gsize i = n; i-- > 0;)
    {
      if (is_fit (looks->model, ids[i]))
        {
          next = i;
          last = last == n ? i : last;
        }
      looks->shown[i] = next < n && limn_looks_have (looks->model, ids[i]) ? ids[next] : ids[i];
    }
  for (gsize i = last; i < n; i++)
    if (limn_looks_have (looks->model, ids[i]))
      looks->shown[i] = ids[last];
  return last < n;
}

const guint32 *
limn_looks_get_shown (LimnLooks *looks, const guint32 *ids)
{
  if (!put_in_place (looks, ids, limn_looks_can_stand_in))
    put_in_place (looks, ids, is_seen);
  return looks->shown;
}

gboolean
limn_looks_is_among (guint32 token, const guint32 *ids, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (ids[i] == token)
      return TRUE;
  return FALSE;
}

void
limn_looks_apply_one (LimnLooks *looks, LimnCompute *compute, guint look, const LimnPlanes *planes)
{
  const LimnVqganConfig *config = &looks->model->vqgan;
  Job job = { looks, &looks->model->looks[look], planes, config->look_widths[look],
              config->look_sizes[look] };

  unpack (&job);
  limn_compute_run (compute, looks->height, hidden_chunk, &job);
  limn_compute_run (compute, looks->height, out_chunk, &job);
}

void
limn_looks_apply (LimnLooks *looks,
                  LimnCompute *compute,
                  const guint32 *ids,
                  const LimnPlanes *planes)
{
  const LimnVqganConfig *config = &looks->model->vqgan;

  for (guint i = 0; i < config->n_looks; i++)
    if (limn_looks_is_among (config->look_tokens[i], ids, (gsize) looks->height * looks->width))
      limn_looks_apply_one (looks, compute, i, planes);
}
