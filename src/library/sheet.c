/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.c: copies pictures into the cells of a white sheet. */
#include "config.h"

#include "library/sheet.h"

#include <glib/gi18n.h>
#include <math.h>

#include "library/picture-file.h"
#include "library/png-text.h"

#define GAP   8 /* pixels between pictures and around them */
#define WHITE 255

typedef struct
{
  guint n_columns;
  guint n_rows;
  guint width;
  guint height;
} Layout;

static gboolean
plan_layout (GPtrArray *pictures, Layout *layout, GError **error)
{
  const LimnPicture *first = pictures->pdata[0];
  guint64 width, height;

  layout->n_columns = (guint) ceil (sqrt (pictures->len));
  layout->n_rows = (pictures->len + layout->n_columns - 1) / layout->n_columns;
  width = (guint64) layout->n_columns * (first->width + GAP) + GAP;
  height = (guint64) layout->n_rows * (first->height + GAP) + GAP;
  if (width > 32768 || height > 32768 || width * height > LIMN_PNG_MAX_PIXELS)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                           _ ("These are too many pictures for one sheet"));
      return FALSE;
    }
  layout->width = (guint) width;
  layout->height = (guint) height;
  return TRUE;
}

static void
copy_picture (guint8 *sheet, const Layout *layout, const LimnPicture *picture, guint place)
{
  guint left = GAP + place % layout->n_columns * (picture->width + GAP);
  guint top = GAP + place / layout->n_columns * (picture->height + GAP);

  for (guint y = 0; y < picture->height; y++)
    memcpy (sheet + 3 * ((gsize) (top + y) * layout->width + left),
            picture->rgb + (gsize) y * picture->width * 3, (gsize) picture->width * 3);
}

GBytes *
limn_sheet_encode (GPtrArray *pictures,
                   const LimnRequest *request,
                   const char *model_name,
                   GError **error)
{
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autofree guint8 *sheet = NULL;
  LimnPicture grid = { .seed = request->seed };
  Layout layout;
  gsize n_bytes;

  g_return_val_if_fail (pictures->len > 0, NULL);

  if (!plan_layout (pictures, &layout, error))
    return NULL;
  n_bytes = (gsize) layout.width * layout.height * 3;
  sheet = g_try_malloc (n_bytes);
  if (!sheet)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                           _ ("There is not enough memory for the sheet"));
      return NULL;
    }
  memset (sheet, WHITE, n_bytes);
  for (guint i = 0; i < pictures->len; i++)
    copy_picture (sheet, &layout, pictures->pdata[i], i);
  limn_picture_facts_init (&facts, request, model_name, &grid);
  return limn_picture_file_encode (sheet, layout.width, layout.height, &facts, error);
}
