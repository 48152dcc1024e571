/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-compat: the few calls that differ between the floor (GTK 4.8,
 * libadwaita 1.2) and what newer systems offer.  The only files compiled
 * without the floor's cap.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void limn_compat_save_async (GtkWindow *parent,
                             const char *title,
                             const char *name,
                             GFile *folder,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
void limn_compat_save_many_async (GtkWindow *parent,
                                  const char *title,
                                  GFile *folder,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
void limn_compat_open_async (GtkWindow *parent,
                             const char *title,
                             gboolean is_folder,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GFile *limn_compat_file_finish (GAsyncResult *result, GError **error);
void limn_compat_open_many_async (GtkWindow *parent,
                                  const char *title,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GListModel *limn_compat_files_finish (GAsyncResult *result, GError **error);

void limn_compat_confirm_async (GtkWindow *parent,
                                const char *heading,
                                const char *body,
                                const char *accept,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean limn_compat_confirm_finish (GAsyncResult *result);

typedef void (*LimnAnswerFunc) (gboolean is_accepted, gpointer user_data);

GtkWidget *limn_compat_question_new (const char *heading, const char *body, const char *accept);
void limn_compat_question_set_texts (GtkWidget *question, const char *heading, const char *body);
void limn_compat_question_set_child (GtkWidget *question, GtkWidget *child);
void limn_compat_question_set_possible (GtkWidget *question, gboolean is_possible);
void limn_compat_question_present (GtkWidget *question,
                                   GtkWindow *parent,
                                   LimnAnswerFunc callback,
                                   gpointer user_data);
void limn_compat_question_close (GtkWidget *question);

typedef struct
{
  const char *name;
  const char *icon;
  const char *version;
  const char *comments;
  const char *website;
  const char *credits_title;
  const char *const *credits;
} LimnAboutFacts;

gboolean limn_compat_has_dialog (GtkWindow *window);
void limn_compat_close_dialogs (GtkWindow *window);
void limn_compat_show_preferences (GtkWindow *parent, GtkWidget *page);
void limn_compat_show_about (GtkWindow *parent, const LimnAboutFacts *facts);
void limn_compat_open_with_async (GtkWindow *parent,
                                  GFile *file,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean limn_compat_open_with_finish (GAsyncResult *result, GError **error);
void limn_compat_show_in_folder (GtkWindow *parent, GFile *file);
void limn_compat_announce (GtkWidget *widget, const char *message);
void limn_compat_list_item_set_label (GtkListItem *item, const char *label);

G_END_DECLS
