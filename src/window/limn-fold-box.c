/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnFoldBox: the first child takes what the second leaves, or with
 * "second-grows" the second what the first leaves.  When the width is under
 * "fold-width", or too little for both (the first wants "first-width" at least),
 * the second goes below and both take the whole width.  What libadwaita 1.4's breakpoints do,
 * on 1.2.
 */
#include "limn-fold-box.h"

#include "limn-widget.h"

struct _LimnFoldBox
{
  GtkWidget parent_instance;
  int fold_width;
  int first_width;
  int spacing;
  gboolean second_grows;
};

G_DEFINE_FINAL_TYPE (LimnFoldBox, limn_fold_box, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_FOLD_WIDTH,
  PROP_FIRST_WIDTH,
  PROP_SPACING,
  PROP_SECOND_GROWS,
  N_PROPS
};

static int
measure_child (GtkWidget *child, GtkOrientation orientation, int for_size, int *natural)
{
  int minimum = 0, child_natural = 0;

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_measure (child, orientation, for_size, &minimum, &child_natural, NULL, NULL);
  if (natural != NULL)
    *natural = child_natural;
  return minimum;
}

static GtkSizeRequestMode
limn_fold_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* From this width on both stand side by side. */
static int
get_unfolded_width (LimnFoldBox *self)
{
  GtkWidget *first = gtk_widget_get_first_child (GTK_WIDGET (self));
  GtkWidget *second = gtk_widget_get_last_child (GTK_WIDGET (self));
  int first_natural, second_natural;
  int first_minimum = measure_child (first, GTK_ORIENTATION_HORIZONTAL, -1, &first_natural);
  int second_minimum = measure_child (second, GTK_ORIENTATION_HORIZONTAL, -1, &second_natural);
  int needed = self->second_grows ? first_natural + second_minimum
                                  : MAX (first_minimum, self->first_width) + second_natural;

  return MAX (self->fold_width, needed + self->spacing);
}

static gboolean
is_folded (LimnFoldBox *self, int width)
{
  return width < get_unfolded_width (self);
}

static void
limn_fold_box_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  LimnFoldBox *self = LIMN_FOLD_BOX (widget);
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_last_child (widget);
  int first_natural, second_natural;
  gboolean is_fold =
      orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0 && is_folded (self, for_size);
  int first_minimum = measure_child (first, orientation, is_fold ? for_size : -1, &first_natural);
  int second_minimum =
      measure_child (second, orientation, is_fold ? for_size : -1, &second_natural);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MAX (first_minimum, second_minimum);
      *natural = MAX (MAX (*minimum, get_unfolded_width (self)),
                      first_natural + self->spacing + second_natural);
    }
  else if (is_fold)
    *minimum = *natural = first_natural + self->spacing + second_natural;
  else
    *minimum = *natural = MAX (first_natural, second_natural);
}

static void
limn_fold_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LimnFoldBox *self = LIMN_FOLD_BOX (widget);
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_last_child (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int first_height, first_width, second_width;

  measure_child (first, GTK_ORIENTATION_VERTICAL, width, &first_height);
  measure_child (first, GTK_ORIENTATION_HORIZONTAL, -1, &first_width);
  measure_child (second, GTK_ORIENTATION_HORIZONTAL, -1, &second_width);
  if (is_folded (self, width))
    {
      int y = first_height + self->spacing;

      gtk_widget_size_allocate (first, &(GtkAllocation){ 0, 0, width, first_height }, -1);
      gtk_widget_size_allocate (second, &(GtkAllocation){ 0, y, width, MAX (height - y, 1) }, -1);
    }
  else
    {
      int x1, x2;

      if (self->second_grows)
        second_width = MAX (width - first_width - self->spacing, 1);
      else
        first_width = MAX (width - second_width - self->spacing, 1);
      x1 = is_rtl ? second_width + self->spacing : 0;
      x2 = is_rtl ? 0 : first_width + self->spacing;
      gtk_widget_size_allocate (first, &(GtkAllocation){ x1, 0, first_width, height }, -1);
      gtk_widget_size_allocate (second, &(GtkAllocation){ x2, 0, second_width, height }, -1);
    }
}

static void
limn_fold_box_dispose (GObject *object)
{
  limn_widget_drop_children (GTK_WIDGET (object));
  G_OBJECT_CLASS (limn_fold_box_parent_class)->dispose (object);
}

static void
limn_fold_box_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LimnFoldBox *self = LIMN_FOLD_BOX (object);

  if (id == PROP_FOLD_WIDTH)
    self->fold_width = g_value_get_int (value);
  else if (id == PROP_FIRST_WIDTH)
    self->first_width = g_value_get_int (value);
  else if (id == PROP_SPACING)
    self->spacing = g_value_get_int (value);
  else if (id == PROP_SECOND_GROWS)
    self->second_grows = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_fold_box_class_init (LimnFoldBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = limn_fold_box_dispose;
  object_class->set_property = limn_fold_box_set_property;
  widget_class->get_request_mode = limn_fold_box_get_request_mode;
  widget_class->measure = limn_fold_box_measure;
  widget_class->size_allocate = limn_fold_box_size_allocate;
  g_object_class_install_property (
      object_class, PROP_FOLD_WIDTH,
      g_param_spec_int ("fold-width", NULL, NULL, 0, G_MAXINT, 0, flags));
  g_object_class_install_property (
      object_class, PROP_FIRST_WIDTH,
      g_param_spec_int ("first-width", NULL, NULL, 0, G_MAXINT, 0, flags));
  g_object_class_install_property (object_class, PROP_SPACING,
                                   g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags));
  g_object_class_install_property (object_class, PROP_SECOND_GROWS,
                                   g_param_spec_boolean ("second-grows", NULL, NULL, FALSE, flags));
}

static void
limn_fold_box_init (LimnFoldBox *self)
{
}
