# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipe of the Starter model: from freely licensed sprites to the files `limn import` reads."""
