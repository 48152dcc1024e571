/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnLibraryPage: every picture ever drawn, to look through and search. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-library.h"

G_BEGIN_DECLS

#define LIMN_TYPE_LIBRARY_PAGE (limn_library_page_get_type ())
G_DECLARE_FINAL_TYPE (LimnLibraryPage, limn_library_page, LIMN, LIBRARY_PAGE, GtkWidget)

void limn_library_page_set_library (LimnLibraryPage *self, LimnLibrary *library);
GListModel *limn_library_page_get_shown (LimnLibraryPage *self);
LimnDrawing *limn_library_page_get_selected (LimnLibraryPage *self);
void limn_library_page_refilter (LimnLibraryPage *self);
void limn_library_page_focus_search (LimnLibraryPage *self);
void limn_library_page_search (LimnLibraryPage *self, const char *words);

G_END_DECLS
