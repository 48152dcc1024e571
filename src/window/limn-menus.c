/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Menus of limn-menus.ui, made once.  What their actions do is the window's. */
#include "limn-menus.h"

/**
 * limn_menu_get:
 * @id: "picture_menu" for one picture, "ways_menu" to draw on from it, "grid_menu" for
 *   all of a grid
 *
 * Returns: (transfer none): the menu; lives as long as the program
 */
GMenuModel *
limn_menu_get (const char *id)
{
  static GtkBuilder *builder;

  if (builder == NULL)
    builder = gtk_builder_new_from_resource ("/io/github/limn_app/Limn/window/limn-menus.ui");
  return G_MENU_MODEL (gtk_builder_get_object (builder, id));
}
