/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPatternArea: paints, and nothing else; the first tile lies in the middle. */
#include "config.h"

#include "limn-pattern-area.h"

#include <math.h>

struct _LimnPatternArea
{
  GtkWidget parent_instance;

  GdkTexture *tile;
  double scale;
};

G_DEFINE_FINAL_TYPE (LimnPatternArea, limn_pattern_area, GTK_TYPE_WIDGET)

static void
limn_pattern_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnPatternArea *self = LIMN_PATTERN_AREA (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  graphene_rect_t tile;
  float tile_width, tile_height;

  if (self->tile == NULL)
    return;
  tile_width = (float) (gdk_texture_get_width (self->tile) * self->scale);
  tile_height = (float) (gdk_texture_get_height (self->tile) * self->scale);
  graphene_rect_init (&tile, floorf ((width - tile_width) / 2), floorf ((height - tile_height) / 2),
                      tile_width, tile_height);
  gtk_snapshot_push_repeat (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height), &tile);
  gtk_snapshot_append_texture (snapshot, self->tile, &tile);
  gtk_snapshot_pop (snapshot);
}

static void
limn_pattern_area_dispose (GObject *object)
{
  g_clear_object (&LIMN_PATTERN_AREA (object)->tile);
  G_OBJECT_CLASS (limn_pattern_area_parent_class)->dispose (object);
}

static void
limn_pattern_area_class_init (LimnPatternAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_pattern_area_dispose;
  widget_class->snapshot = limn_pattern_area_snapshot;
  gtk_widget_class_set_css_name (widget_class, "pattern-area");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
limn_pattern_area_init (LimnPatternArea *self)
{
  self->scale = 1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

void
limn_pattern_area_set_tile (LimnPatternArea *self, GdkTexture *tile)
{
  if (g_set_object (&self->tile, tile))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* How large a tile is; 1 is a pixel of the picture a pixel of the window. */
void
limn_pattern_area_set_scale (LimnPatternArea *self, double scale)
{
  self->scale = scale;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
