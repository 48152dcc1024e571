/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window's more ways to draw: on from a picture of ours or from a photo, and
 * without seams; and larger pictures.
 */
#include "config.h"

#include "limn-window-private.h"

#include <glib/gi18n.h>

#include "jobs/limn-enlarge.h"
#include "limn-compat.h"
#include "limn-share.h"
#include "limn-toast.h"

/* ---- tokens of a picture ---------------------------------------------------- */

/* Known since it was drawn, or from its file. */
static GArray *
dup_ids (LimnDrawing *drawing)
{
  GFile *file = limn_drawing_get_file (drawing);
  g_auto (LimnPictureFacts) facts = { 0 };
  GArray *ids;

  if (limn_drawing_get_ids (drawing) != NULL)
    return g_array_ref (limn_drawing_get_ids (drawing));
  if (file == NULL || !limn_picture_file_read_facts (g_file_peek_path (file), &facts, NULL)
      || facts.n_ids == 0)
    return NULL;
  ids = g_array_sized_new (FALSE, FALSE, sizeof (guint32), facts.n_ids);
  return g_array_append_vals (ids, facts.ids, facts.n_ids);
}

/* The tokens of the picture that actions work on; without them says so. */
static GArray *
dup_ids_or_tell (LimnWindow *self, LimnDrawing *drawing)
{
  GArray *ids = drawing != NULL ? dup_ids (drawing) : NULL;

  if (ids == NULL)
    limn_toast (GTK_WIDGET (self), _ ("This picture does not tell enough to draw more like it"));
  return ids;
}

/* ---- on from a picture of ours ------------------------------------------------ */

/* The picture that actions work on, its tokens, and a recipe for others: as many as the options
 * say, otherwise drawn as it was.  NULL without tokens, which is told. */
static LimnDrawing *
begin_varying (LimnWindow *self, GArray **ids, LimnRecipe **recipe)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (self);
  g_autoptr (LimnRecipe) options = NULL;

  *ids = dup_ids_or_tell (self, drawing);
  if (*ids == NULL)
    return NULL;
  options = limn_draw_page_dup_recipe (self->draw_page);
  *recipe = limn_recipe_copy (limn_drawing_get_recipe (drawing));
  (*recipe)->n_pictures = options->n_pictures;
  (*recipe)->has_seed = FALSE;
  (*recipe)->redraw = 0;
  return drawing;
}

static void
draw_and_show (LimnWindow *self, LimnRecipe *recipe)
{
  limn_window_go (self, "draw");
  limn_window_draw_recipe (self, recipe);
}

/* Keeps the upper half of the picture and draws the lower one anew, several times. */
static void
more_like_this_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  g_autoptr (GArray) ids = NULL;
  g_autoptr (LimnRecipe) recipe = NULL;

  if (begin_varying (self, &ids, &recipe) == NULL)
    return;
  recipe->n_pictures = MAX (recipe->n_pictures, 9);
  limn_recipe_set_keep_ids (recipe, (const guint32 *) (gpointer) ids->data, ids->len / 2);
  draw_and_show (self, recipe);
}

static void
vary_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  g_autoptr (GArray) ids = NULL;
  g_autoptr (LimnRecipe) recipe = NULL;
  LimnDrawing *drawing = begin_varying (self, &ids, &recipe);

  if (drawing == NULL)
    return;
  limn_redraw_page_vary (self->redraw_page, recipe, ids, drawing);
  limn_window_go (self, "redraw");
  gtk_widget_grab_focus (GTK_WIDGET (self->redraw_page));
}

/* Draws what the page of varying and finishing says. */
static void
redraw_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  g_autoptr (LimnRecipe) recipe = limn_redraw_page_dup_recipe (self->redraw_page);

  if (recipe != NULL)
    draw_and_show (self, recipe);
}

/* ---- on from a photo ------------------------------------------------------------ */

void
limn_window_finish_photo (LimnWindow *self, GFile *file, GdkTexture *texture)
{
  g_autoptr (LimnRecipe) recipe = limn_draw_page_dup_recipe (self->draw_page);

  limn_recipe_set_keep_ids (recipe, NULL, 0);
  recipe->redraw = 0;
  limn_redraw_page_finish (self->redraw_page, recipe, file, texture);
  limn_window_go (self, "redraw");
  gtk_widget_grab_focus (GTK_WIDGET (self->redraw_page));
}

static void
on_photo_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = limn_compat_file_finish (result, &error);

  if (file != NULL)
    limn_window_finish_photo (LIMN_WINDOW (source), file, NULL);
  else if (error != NULL)
    limn_toast_error (GTK_WIDGET (source), _ ("Could not open the picture"), error);
}

static void
finish_picture_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_compat_open_async (GTK_WINDOW (widget), _ ("Choose a Picture to Finish"), FALSE, NULL,
                          on_photo_chosen, NULL);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture =
      gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);

  if (texture != NULL)
    limn_window_finish_photo (self, NULL, texture);
  else
    limn_toast (GTK_WIDGET (self), _ ("There is no picture to paste"));
}

static void
paste_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gdk_clipboard_read_texture_async (gtk_widget_get_clipboard (widget), NULL, on_pasted,
                                    g_object_ref (widget));
}

/* ---- without seams ---------------------------------------------------------------- */

/* The tokens of all finished pictures of the grid that the picture is in, or NULL. */
static GPtrArray *
collect_grid (LimnWindow *self, LimnDrawing *drawing)
{
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  GListModel *drawings = job != NULL ? limn_job_get_drawings (job) : NULL;
  guint n = drawings != NULL ? g_list_model_get_n_items (drawings) : 0;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gboolean is_in_it = FALSE;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) one = g_list_model_get_item (drawings, i);
      GArray *ids = limn_drawing_get_ids (one);

      is_in_it = is_in_it || one == drawing;
      if (ids != NULL && limn_drawing_is_done (one) && !limn_drawing_is_removed (one))
        g_ptr_array_add (all, g_array_ref (ids));
    }
  return is_in_it ? g_steal_pointer (&all) : NULL;
}

static void
pattern_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_window_get_done_drawing (self);
  g_autoptr (GArray) ids = dup_ids_or_tell (self, drawing);
  g_autoptr (GPtrArray) all = NULL;

  if (ids == NULL)
    return;
  all = collect_grid (self, drawing);
  limn_pattern_page_show (self->pattern_page, drawing, ids, all);
  limn_window_go (self, "pattern");
  gtk_widget_grab_focus (GTK_WIDGET (self->pattern_page));
}

/* ---- larger ------------------------------------------------------------------------ */

typedef struct
{
  LimnWindow *window;
  LimnDrawing *drawing;
} Enlarging;

static void
on_enlarged (GObject *source, GAsyncResult *result, gpointer data)
{
  Enlarging *enlarging = data;
  GtkWidget *window = GTK_WIDGET (enlarging->window);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) large = limn_enlarge_finish (result, &error);
  g_auto (LimnPictureFacts) facts = { 0 };

  limn_share_read_facts (enlarging->drawing, &facts);
  if (large != NULL)
    limn_share_save_texture (window, large, limn_drawing_get_prompt (enlarging->drawing), &facts);
  else
    limn_toast_error (window, _ ("The picture could not be made larger"), error);
  g_object_unref (enlarging->window);
  g_object_unref (enlarging->drawing);
  g_free (enlarging);
}

/* Makes the picture larger, then asks where to save it. */
static void
save_larger_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_window_get_done_drawing (self);
  Enlarging *enlarging;

  if (drawing == NULL)
    return;
  enlarging = g_new (Enlarging, 1);
  *enlarging = (Enlarging){ g_object_ref (self), g_object_ref (drawing) };
  limn_enlarge_async (limn_drawing_get_file (drawing), limn_drawing_get_texture (drawing),
                      g_variant_get_uint32 (parameter), NULL, on_enlarged, enlarging);
}

static const struct
{
  const char *name;
  GtkWidgetActionActivateFunc activate;
  guint key;
  GdkModifierType modifiers;
} actions[] = {
  { "win.more-like-this", more_like_this_action, GDK_KEY_m, GDK_CONTROL_MASK },
  { "win.vary", vary_action, GDK_KEY_e, GDK_CONTROL_MASK },
  { "win.redraw", redraw_action },
  { "win.finish-picture", finish_picture_action, GDK_KEY_o, GDK_CONTROL_MASK },
  { "win.paste", paste_action, GDK_KEY_v, GDK_CONTROL_MASK },
  { "win.pattern", pattern_action, GDK_KEY_p, GDK_CONTROL_MASK | GDK_SHIFT_MASK },
};

void
limn_window_install_ways_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.save-larger", "u", save_larger_action);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
      if (actions[i].key != 0)
        gtk_widget_class_add_binding_action (widget_class, actions[i].key, actions[i].modifiers,
                                             actions[i].name, NULL);
    }
}
