/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Menus that several parts of the window show. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GMenuModel *limn_menu_get (const char *id);

G_END_DECLS
