/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnDetails: reads what is in the picture's file when it is opened, and lets
 * it be drawn again the same way.
 */
#include "config.h"

#include "limn-details.h"

#include <glib/gi18n.h>

#include "library/picture-file.h"

#include <math.h>

struct _LimnDetails
{
  GtkPopover parent_instance;

  GtkGrid *grid;
  int n_rows;
  LimnDrawing *drawing;
};

G_DEFINE_FINAL_TYPE (LimnDetails, limn_details, GTK_TYPE_POPOVER)

static void
clear_rows (LimnDetails *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  self->n_rows = 0;
}

static void
add_row (LimnDetails *self, const char *name, const char *text)
{
  GtkWidget *name_label = gtk_label_new (name);
  GtkWidget *text_label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (name_label), 1);
  gtk_widget_set_valign (name_label, GTK_ALIGN_START);
  gtk_widget_add_css_class (name_label, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (text_label), 0);
  gtk_label_set_wrap (GTK_LABEL (text_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text_label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (text_label), 28);
  gtk_label_set_selectable (GTK_LABEL (text_label), TRUE);
  gtk_widget_set_can_focus (text_label, FALSE);
  gtk_grid_attach (self->grid, name_label, 0, self->n_rows, 1, 1);
  gtk_grid_attach (self->grid, text_label, 1, self->n_rows, 1, 1);
  self->n_rows++;
}

static void
add_number (LimnDetails *self, const char *name, double number)
{
  g_autofree char *text = g_strdup_printf ("%g", number);

  add_row (self, name, text);
}

static void
add_time (LimnDetails *self)
{
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_local (limn_drawing_get_time (self->drawing));
  /* Translators: a date and time; see g_date_time_format() */
  g_autofree char *text = time != NULL ? g_date_time_format (time, _ ("%-d %B %Y, %H:%M")) : NULL;

  if (text != NULL)
    add_row (self, _ ("Drawn"), text);
}

static void
add_size (LimnDetails *self)
{
  GdkTexture *texture = limn_drawing_get_texture (self->drawing);
  g_autofree char *text = NULL;

  if (texture == NULL)
    return;
  text = g_strdup_printf (_ ("%d × %d pixels"), gdk_texture_get_width (texture),
                          gdk_texture_get_height (texture));
  add_row (self, _ ("Size"), text);
}

static void
add_blend (LimnDetails *self, const LimnPictureFacts *facts)
{
  /* Translators: how much of a second prompt was mixed in, and the prompt */
  g_autofree char *text =
      g_strdup_printf (_ ("%.0f %% %s"), facts->blend * 100, facts->blend_prompt);

  add_row (self, _ ("Blended with"), text);
}

static void
add_kept (LimnDetails *self, const LimnPictureFacts *facts)
{
  double part = facts->n_ids > 0 ? (double) facts->n_keep / facts->n_ids : 0;
  g_autofree char *text = g_strdup_printf (_ ("%.0f %%"), part * (1 - facts->redraw) * 100);

  add_row (self, _ ("Kept"), text);
}

/* How likely the model found the picture's tokens, in the (geometric) mean of those that it drew.
 */
static void
add_match (LimnDetails *self, const LimnPictureFacts *facts)
{
  guint n_given = facts->redraw > 0 ? 0 : MIN (facts->n_keep, facts->n_ids);
  double mean = exp (facts->score / MAX (facts->n_ids - n_given, 1));
  g_autofree char *text = g_strdup_printf (_ ("%.0f %%"), mean * 100);

  add_row (self, _ ("Match"), text);
}

static void
add_settings (LimnDetails *self, const LimnPictureFacts *facts)
{
  if (facts->model != NULL && *facts->model != '\0')
    add_row (self, _ ("Model"), facts->model);
  add_number (self, _ ("Temperature"), facts->temperature);
  add_number (self, _ ("Top-k"), facts->top_k);
  add_number (self, _ ("Guidance"), facts->guidance);
  if (facts->negative_prompt != NULL)
    add_row (self, _ ("Without"), facts->negative_prompt);
  if (facts->blend_prompt != NULL)
    add_blend (self, facts);
  if (facts->n_keep > 0)
    add_kept (self, facts);
  if (facts->is_tile)
    add_row (self, _ ("Edges"), _ ("Meet"));
  if (facts->score < 0)
    add_match (self, facts);
}

static void
fill (LimnDetails *self)
{
  GFile *file = limn_drawing_get_file (self->drawing);
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autofree char *seed =
      g_strdup_printf ("%" G_GUINT64_FORMAT, limn_drawing_get_seed (self->drawing));

  add_row (self, _ ("Prompt"), limn_drawing_get_prompt (self->drawing));
  add_row (self, _ ("Seed"), seed);
  if (file != NULL && limn_picture_file_read_facts (g_file_peek_path (file), &facts, NULL))
    add_settings (self, &facts);
  add_size (self);
  add_time (self);
}

static void
limn_details_map (GtkWidget *widget)
{
  LimnDetails *self = LIMN_DETAILS (widget);

  clear_rows (self);
  if (self->drawing != NULL)
    fill (self);
  GTK_WIDGET_CLASS (limn_details_parent_class)->map (widget);
}

static void
limn_details_dispose (GObject *object)
{
  g_clear_object (&LIMN_DETAILS (object)->drawing);
  G_OBJECT_CLASS (limn_details_parent_class)->dispose (object);
}

static void
limn_details_class_init (LimnDetailsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = limn_details_dispose;
  GTK_WIDGET_CLASS (klass)->map = limn_details_map;
}

static GtkWidget *
make_button (void)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Use This Prompt and Seed"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.use-recipe");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Use This Prompt and Seed"), -1);
  return button;
}

static void
limn_details_init (LimnDetails *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);

  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 12);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->grid));
  gtk_box_append (GTK_BOX (box), make_button ());
  gtk_widget_add_css_class (box, "limn-popover");
  gtk_popover_set_child (GTK_POPOVER (self), box);
}

/**
 * limn_details_set_drawing:
 * @drawing: (nullable): what to tell about when it is opened
 */
void
limn_details_set_drawing (LimnDetails *self, LimnDrawing *drawing)
{
  g_set_object (&self->drawing, drawing);
}
