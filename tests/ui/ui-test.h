/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window's tests share: an application, waiting, finding, pictures. */
#pragma once

#include "limn-application.h"
#include "window/limn-window.h"

G_BEGIN_DECLS

#define UI_TEST_TIMEOUT_MS 900000

/* Runs the main loop until @condition holds; fails the test when it never does. */
#define ui_wait_until(condition)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean ui_is_late_ = FALSE;                                                                  \
    guint ui_timer_ = g_timeout_add (UI_TEST_TIMEOUT_MS, ui_set_true, &ui_is_late_);               \
    while (!(condition) && !ui_is_late_)                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    if (ui_is_late_)                                                                               \
      g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition);                   \
    g_source_remove (ui_timer_);                                                                   \
  }                                                                                                \
  G_STMT_END

void ui_test_init (int *argc, char ***argv);
gboolean ui_set_true (gpointer data);
gboolean ui_has_model (void);

LimnWindow *ui_window_open (int width, int height);
void ui_resize (LimnWindow *window, int width, int height);
void ui_window_close (LimnWindow *window);
void ui_settle (LimnWindow *window);
void ui_run_for (guint milliseconds);

GtkWidget *ui_find (gpointer root, const char *css_or_type_name);
GtkWidget *ui_find_id (gpointer root, const char *buildable_id);
gboolean ui_has_toast (GtkWidget *widget, const char *beginning);
void ui_type_prompt (LimnWindow *window, const char *prompt);
LimnWindow *ui_open_with_pictures (const char *prompt);
LimnJob *ui_get_job (LimnWindow *window);
LimnDrawing *ui_get_drawing (LimnWindow *window, guint i);
GBytes *ui_get_pixels (GdkTexture *texture);
guint32 ui_get_pixel (GdkTexture *texture, int x, int y);
GdkTexture *ui_texture_new (int width, int height, guint8 grey);
const char *ui_get_place (LimnWindow *window);
GdkTexture *ui_render (GtkWidget *widget);
void ui_act (LimnWindow *window, const char *action);
gboolean ui_action_is_enabled (LimnWindow *window, const char *action);
GtkWidget *ui_find_file_dialog (void);
void ui_choose_file (const char *path);
void ui_screenshot (LimnWindow *window, const char *name);
void ui_screenshot_popover (LimnWindow *window, GtkWidget *popover, const char *name);

/* a real mouse and real keys; ui_has_hands() tells whether xdotool is there */
gboolean ui_has_hands (void);
void ui_keys (GtkWidget *window, const char *keys);
void ui_words (GtkWidget *window, const char *text);
void ui_point (GtkWidget *widget, double x, double y);
void ui_drag (GtkWidget *from, GtkWidget *to, double y);

G_END_DECLS
