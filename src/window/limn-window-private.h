/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of LimnWindow alone. */
#pragma once

#include "library/limn-library.h"
#include "limn-caption-editor.h"
#include "limn-draw-page.h"
#include "limn-library-page.h"
#include "limn-models-page.h"
#include "limn-pattern-page.h"
#include "limn-redraw-page.h"
#include "limn-viewer.h"
#include "limn-window.h"

G_BEGIN_DECLS

struct _LimnWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *places;
  AdwHeaderBar *header;
  AdwViewStack *pages;
  GtkMenuButton *menu_button;
  LimnDrawPage *draw_page;
  LimnLibraryPage *library_page;
  LimnViewer *viewer;
  LimnCaptionEditor *caption_editor;
  LimnRedrawPage *redraw_page;
  LimnPatternPage *pattern_page;
  LimnModelsPage *models_page;

  GSettings *settings;
  LimnQueue *queue;
  LimnLibrary *library;
};

/* the picture that actions may work on, or NULL */
LimnDrawing *limn_window_get_done_drawing (LimnWindow *self);
GFile *limn_window_dup_folder (LimnWindow *self);
void limn_window_go (LimnWindow *self, const char *place);
void limn_window_draw_recipe (LimnWindow *self, LimnRecipe *recipe);
void limn_window_update_actions (LimnWindow *self);
gboolean limn_window_can_reroll (LimnWindow *self);
void limn_window_install_picture_actions (GtkWidgetClass *widget_class);
void limn_window_install_grid_actions (GtkWidgetClass *widget_class);
void limn_window_install_ways_actions (GtkWidgetClass *widget_class);
/* a photo to be finished: its file, or its pixels */
void limn_window_finish_photo (LimnWindow *self, GFile *file, GdkTexture *texture);

G_END_DECLS
