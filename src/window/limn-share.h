/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Getting a picture out: clipboard, drag, file, other programs. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"
#include "library/limn-export.h"

G_BEGIN_DECLS

gboolean limn_share_is_stripping (void);
gboolean limn_share_read_facts (LimnDrawing *drawing, LimnPictureFacts *facts);
char *limn_share_make_blind_stem (void);
char *limn_share_suggest_name (LimnDrawing *drawing, const char *suffix);
GFile *limn_share_dup_copy (const char *name);
GFile *limn_share_dup_file (LimnDrawing *drawing);
GFile *limn_share_dup_last_folder (void);
void limn_share_set_last_folder (GFile *folder);
void limn_share_run (GTask *task, GTaskThreadFunc run);

/* clipboard and drag */
GdkContentProvider *limn_share_content_new (LimnDrawing *drawing, gboolean with_file);
GdkContentProvider *limn_share_file_content_new (GFile *file);
GdkPaintable *limn_share_drag_icon_new (GdkTexture *texture);
void limn_share_copy (GtkWidget *widget, LimnDrawing *drawing);
void limn_share_copy_film (GtkWidget *widget, LimnDrawing *drawing);

/* files */
GdkTexture *limn_share_read_texture (GFile *file, GError **error);
GBytes *limn_share_encode (GFile *file,
                           GdkTexture *texture,
                           gboolean may_tell,
                           LimnExportFormat format,
                           GError **error);
gboolean limn_share_write (LimnDrawing *drawing, GFile *target, GError **error);
void limn_share_save (GtkWidget *widget, LimnDrawing *drawing, LimnExportFormat format);
void limn_share_save_all (GtkWidget *widget, GListModel *drawings);
void limn_share_save_film (GtkWidget *widget, LimnDrawing *drawing);
void limn_share_save_texture (GtkWidget *widget,
                              GdkTexture *texture,
                              const char *words,
                              LimnPictureFacts *facts_take);

/* other programs */
void limn_share_open_with (GtkWidget *widget, LimnDrawing *drawing);
void limn_share_mail (GtkWidget *widget, LimnDrawing *drawing);
void limn_share_check_mail (GtkWidget *widget, const char *action);

G_END_DECLS
