/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnWrapBox: what libadwaita 1.7's AdwWrapBox does, as far as chips need it. */
#include "limn-wrap-box.h"

#include "limn-widget.h"

#define GAP 8

struct _LimnWrapBox
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (LimnWrapBox, limn_wrap_box, GTK_TYPE_WIDGET)

typedef struct
{
  GtkWidget *first;
  guint n_children;
  int width;
  int height;
} Line;

static void
measure_chip (GtkWidget *child, int max_width, int *width, int *height)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  *width = MAX (minimum, MIN (natural, max_width));
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, *width, NULL, height, NULL, NULL);
}

/* The line that starts at @child; it takes at least one. */
static Line
get_line (GtkWidget *child, int max_width)
{
  Line line = { .first = child };

  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int width, height;

      measure_chip (child, max_width, &width, &height);
      if (line.n_children > 0 && line.width + GAP + width > max_width)
        break;
      line.width += width + (line.n_children > 0 ? GAP : 0);
      line.height = MAX (line.height, height);
      line.n_children++;
    }
  return line;
}

static GtkWidget *
skip (GtkWidget *child, guint n)
{
  while (n-- > 0)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static int
measure_height (GtkWidget *widget, int width)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int height = 0;

  while (child != NULL)
    {
      Line line = get_line (child, width);

      height += line.height + (height > 0 ? GAP : 0);
      child = skip (child, line.n_children);
    }
  return height;
}

static void
limn_wrap_box_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = measure_height (widget, for_size >= 0 ? for_size : G_MAXINT);
      return;
    }
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + (*natural > 0 ? GAP : 0);
    }
}

static void
allocate_line (GtkWidget *widget, const Line *line, int width, int y)
{
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *child = line->first;
  int x = (width - line->width) / 2;

  for (guint i = 0; i < line->n_children; i++, child = gtk_widget_get_next_sibling (child))
    {
      int child_width, child_height;

      measure_chip (child, width, &child_width, &child_height);
      gtk_widget_size_allocate (
          child,
          &(GtkAllocation){ is_rtl ? width - x - child_width : x, y, child_width, line->height },
          -1);
      x += child_width + GAP;
    }
}

static void
limn_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int y = 0;

  while (child != NULL)
    {
      Line line = get_line (child, width);

      allocate_line (widget, &line, width, y);
      y += line.height + GAP;
      child = skip (child, line.n_children);
    }
}

static GtkSizeRequestMode
limn_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
limn_wrap_box_dispose (GObject *object)
{
  limn_widget_drop_children (GTK_WIDGET (object));
  G_OBJECT_CLASS (limn_wrap_box_parent_class)->dispose (object);
}

static void
limn_wrap_box_class_init (LimnWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_wrap_box_dispose;
  widget_class->get_request_mode = limn_wrap_box_get_request_mode;
  widget_class->measure = limn_wrap_box_measure;
  widget_class->size_allocate = limn_wrap_box_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "wrapbox");
}

static void
limn_wrap_box_init (LimnWrapBox *self)
{
}

void
limn_wrap_box_append (LimnWrapBox *self, GtkWidget *child)
{
  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}
