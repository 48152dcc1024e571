/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw-start.c: which picture to start from, and how much of it stays.
 *
 * Reading files is picture-file.c's, photos photo.c's, drawing draw.c's.
 */
#include "config.h"

#include "cli/draw-start.h"

#include <glib/gi18n.h>

#include "library/photo.h"
#include "library/picture-file.h"

#define DEFAULT_STRENGTH 0.5

void
limn_draw_start_clear (LimnDrawStart *start)
{
  g_free (start->again);
  g_free (start->vary);
  g_free (start->finish);
  g_free (start->strength);
  g_free (start->ids);
  limn_picture_facts_clear (&start->facts);
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error)
    *error = g_error_new_valist (LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST, format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
check_options (const LimnDrawStart *start, GError **error)
{
  guint n_starts = (start->again != NULL) + (start->vary != NULL) + (start->finish != NULL);
  guint n_keeps = (start->keep_rows != LIMN_DRAW_UNSET) + (start->keep_cells != LIMN_DRAW_UNSET);

  if (n_starts > 1)
    return refuse (error, _ ("Choose one of --again, --vary and --finish"));
  if (start->strength && (!start->vary || n_keeps > 0))
    return refuse (error, _ ("--strength goes with --vary, and not with --keep-rows"));
  if (n_keeps > 1)
    return refuse (error, _ ("Choose one of --keep-rows and --keep-cells"));
  if (n_keeps > 0 && !start->vary && !start->finish)
    return refuse (error, _ ("--keep-rows and --keep-cells go with --vary or --finish"));
  return TRUE;
}

gboolean
limn_draw_start_read (LimnDrawStart *start, GError **error)
{
  const char *path = start->again ? start->again : start->vary;

  if (!check_options (start, error))
    return FALSE;
  if (!path)
    return TRUE;
  if (!limn_picture_file_read_facts (path, &start->facts, error))
    return FALSE;
  if (start->vary && start->facts.n_ids == 0)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                   _ ("“%s” does not tell enough to be varied: its image tokens are missing"),
                   path);
      return FALSE;
    }
  return TRUE;
}

/* ---- how much stays --------------------------------------------------------- */

static gboolean
parse_strength (const char *text, double *strength, GError **error)
{
  char *end;

  *strength = DEFAULT_STRENGTH;
  if (!text)
    return TRUE;
  *strength = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && *strength >= 0 && *strength <= 1)
    return TRUE;
  return refuse (error, _ ("%s cannot be “%s”"), "--strength", text);
}

/* So many of the first tokens stay; without an option half of them. */
static gboolean
count_kept (const LimnDrawStart *start,
            LimnModel *model,
            guint n_ids,
            guint *n_keep,
            GError **error)
{
  guint width = limn_model_get_info (model)->grid_size;
  gint64 n = n_ids / 2;

  if (start->keep_rows != LIMN_DRAW_UNSET)
    n = (gint64) start->keep_rows * width;
  else if (start->keep_cells != LIMN_DRAW_UNSET)
    n = start->keep_cells;
  if (n < 0)
    return refuse (error, _ ("How much to keep cannot be less than nothing"));
  if (n > n_ids)
    return refuse (error, _ ("This picture has %u rows of %u cells; not more can be kept"),
                   n_ids / width, width);
  *n_keep = (guint) n;
  return TRUE;
}

static gboolean
apply_vary (LimnDrawStart *start, LimnModel *model, LimnRequest *request, GError **error)
{
  const LimnPictureFacts *facts = &start->facts;
  guint n_pictures = request->n_pictures;
  guint64 seed = request->seed;

  limn_picture_facts_fill_request (facts, request);
  request->n_pictures = n_pictures;
  request->seed = seed;
  request->n_keep = facts->n_ids;
  request->redraw = 0;
  if (start->keep_rows != LIMN_DRAW_UNSET || start->keep_cells != LIMN_DRAW_UNSET)
    return count_kept (start, model, facts->n_ids, &request->n_keep, error);
  return parse_strength (start->strength, &request->redraw, error);
}

/* A model without an encoder says so; this tells where there is one. */
static void
advise (GError **error)
{
  GError *advised;

  if (error == NULL || !g_error_matches (*error, LIMN_ERROR, LIMN_ERROR_MISSING))
    return;
  advised = g_error_new (LIMN_ERROR, LIMN_ERROR_MISSING,
                         _ ("%s\nStarter has one (--model starter); of DALL·E Mini and Mega, the "
                            "files that “limn models get --source dalle-mini” fetches."),
                         (*error)->message);
  g_clear_error (error);
  *error = advised;
}

static gboolean
apply_finish (LimnDrawStart *start,
              LimnModel *model,
              LimnRequest *request,
              guint n_threads,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (start->finish);
  g_autofree guint8 *rgb = NULL;

  rgb = limn_photo_load (file, limn_model_get_info (model)->picture_size, cancellable, error);
  if (!rgb)
    {
      g_prefix_error (error, "%s: ", start->finish);
      return FALSE;
    }
  start->ids = limn_read_picture (model, rgb, n_threads, cancellable, &start->n_ids, error);
  if (!start->ids)
    {
      advise (error);
      return FALSE;
    }
  request->keep_ids = start->ids;
  return count_kept (start, model, start->n_ids, &request->n_keep, error);
}

gboolean
limn_draw_start_apply (LimnDrawStart *start,
                       LimnModel *model,
                       LimnRequest *request,
                       guint n_threads,
                       GCancellable *cancellable,
                       GError **error)
{
  if (start->again)
    limn_picture_facts_fill_request (&start->facts, request);
  if (start->vary)
    return apply_vary (start, model, request, error);
  if (start->finish)
    return apply_finish (start, model, request, n_threads, cancellable, error);
  return TRUE;
}
