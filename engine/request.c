/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults and ranges of a request. */
#include "config.h"

#include "generate-private.h"

#include <glib/gi18n-lib.h>

#define MAX_TEMPERATURE 1000.0
#define MAX_GUIDANCE    1000.0
#define MAX_THREADS     1024
#define MAX_NICENESS    19

void
limn_request_init (LimnRequest *request, LimnModel *model)
{
  const LimnModelInfo *info = limn_model_get_info (model);

  *request = (LimnRequest){
    .n_pictures = 9,
    .temperature = info->default_temperature,
    .top_k = info->default_top_k,
    .guidance = info->default_guidance,
  };
}

void
limn_request_be_gentle (LimnRequest *request)
{
  request->n_threads = 1;
  request->niceness = MAX_NICENESS;
}

guint
limn_model_get_n_codes (LimnModel *model)
{
  guint n = MIN (model->text.image_vocab, model->text.image_rows);

  return model->info.parts & LIMN_MODEL_PART_DECODER ? MIN (n, model->vqgan.n_embed) : n;
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  if (error)
    {
      va_start (arguments, format);
      *error = g_error_new_valist (LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST, format, arguments);
      va_end (arguments);
    }
  return FALSE;
}

static gboolean
check_kept (const LimnRequest *request, LimnModel *model, GError **error)
{
  guint n_codes = limn_model_get_n_codes (model);

  if (request->n_keep > model->text.image_length)
    return refuse (error, _ ("%u image tokens cannot be kept: a picture has %u."), request->n_keep,
                   model->text.image_length);
  if (request->n_keep > 0 && !request->keep_ids)
    return refuse (error, _ ("The image tokens to keep are missing."));
  for (guint i = 0; i < request->n_keep; i++)
    if (request->keep_ids[i] >= n_codes)
      return refuse (error, _ ("Image token %u to keep is %u, but this model knows 0 to %u."), i,
                     request->keep_ids[i], n_codes - 1);
  return TRUE;
}

gboolean
limn_request_check (const LimnRequest *request, LimnModel *model, GError **error)
{
  if (!request->prompt)
    return refuse (error, _ ("There is no prompt."));
  if (request->n_pictures < 1 || request->n_pictures > LIMN_MAX_PICTURES)
    return refuse (error, _ ("The number of pictures must be from 1 to %d."), LIMN_MAX_PICTURES);
  if (!(request->temperature >= 0 && request->temperature <= MAX_TEMPERATURE))
    return refuse (error, _ ("The temperature must be from 0 to %g."), MAX_TEMPERATURE);
  if (!(request->guidance >= 0 && request->guidance <= MAX_GUIDANCE))
    return refuse (error, _ ("The guidance must be from 0 to %g."), MAX_GUIDANCE);
  if (request->n_threads > MAX_THREADS)
    return refuse (error, _ ("The number of threads must be from 0 to %d."), MAX_THREADS);
  if (!(request->blend >= 0 && request->blend <= 1))
    return refuse (error, _ ("The share of the second prompt must be from 0 to 1."));
  if (!(request->redraw >= 0 && request->redraw <= 1))
    return refuse (error, _ ("The share of a picture to draw again must be from 0 to 1."));
  if (request->niceness > MAX_NICENESS)
    return refuse (error, _ ("The niceness must be from 0 to %d."), MAX_NICENESS);
  return check_kept (request, model, error);
}
