/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnReadingBar: “armadillo → hedgehog” for each word that the model took for
 * another one, with buttons for what else it could be.  Stays out of sight
 * while there is nothing to tell.  Drawing with the other word is the window's.
 */
#include "config.h"

#include "limn-reading-bar.h"

#include <glib/gi18n.h>
#include <string.h>

#include "limn-widget.h"
#include "limn-wrap-box.h"

#define MAX_WORDS  8
#define MAX_OTHERS 3

struct _LimnReadingBar
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  gconstpointer reading; /* to know it again; may be gone */
};

G_DEFINE_FINAL_TYPE (LimnReadingBar, limn_reading_bar, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_other_clicked (GtkButton *button, LimnReadingBar *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, g_object_get_data (G_OBJECT (button), "written"),
                 gtk_button_get_label (button));
}

static GtkWidget *
other_new (LimnReadingBar *self, const LimnReplacement *replacement, const char *other)
{
  GtkWidget *button = gtk_button_new_with_label (other);
  /* Translators: a button: draw it with this word instead of that one */
  g_autofree char *name = g_strdup_printf (
      _ ("“%s” instead of “%s”"), other,
      *replacement->understood != '\0' ? replacement->understood : replacement->written);

  gtk_widget_add_css_class (button, "limn-other");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "written", g_strdup (replacement->written), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_other_clicked), self);
  return button;
}

static char *
describe (const LimnReplacement *replacement)
{
  if (*replacement->understood == '\0')
    /* Translators: a word of the prompt that the model knows nothing about */
    return g_markup_printf_escaped (_ ("“%s” is left out"), replacement->written);
  /* Translators: a word of the prompt, and what the model took it for */
  return g_markup_printf_escaped (_ ("%s → <b>%s</b>"), replacement->written,
                                  replacement->understood);
}

static void
append_word (LimnReadingBar *self, LimnWrapBox *box, const LimnReplacement *replacement)
{
  g_autofree char *text = describe (replacement);
  /* from left to right as the arrow points, whatever the writing of the words */
  g_autofree char *markup = g_strconcat ("\u200e", text, NULL);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "limn-word");
  limn_wrap_box_append (box, label);
  for (guint i = 0; i < MAX_OTHERS && replacement->others[i] != NULL; i++)
    limn_wrap_box_append (box, other_new (self, replacement, replacement->others[i]));
}

/* Words that are the same in English go into one sentence, the others each for itself. */
static gboolean
is_plain (const LimnReplacement *replacement)
{
  return (replacement->kind == LIMN_REPLACEMENT_TRANSLATION
          || replacement->kind == LIMN_REPLACEMENT_EMOJI)
         && replacement->others[0] == NULL;
}

static GtkWidget *
sentence_new (const LimnReading *reading)
{
  /* Translators: the prompt in English, as the model reads it */
  g_autofree char *text = g_strdup_printf (_ ("Understood: %s"), reading->prompt);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
content_new (LimnReadingBar *self, const LimnReading *reading)
{
  g_autoptr (LimnWrapBox) box = g_object_ref_sink (g_object_new (LIMN_TYPE_WRAP_BOX, NULL));
  guint n = reading != NULL ? reading->replacements->len : 0, n_words = 0;
  gboolean has_sentence = FALSE;

  for (guint i = 0; i < n; i++)
    {
      const LimnReplacement *replacement = reading->replacements->pdata[i];

      if (is_plain (replacement))
        has_sentence = TRUE;
      else if (n_words++ < MAX_WORDS)
        append_word (self, box, replacement);
    }
  if (has_sentence)
    gtk_widget_insert_after (sentence_new (reading), GTK_WIDGET (box), NULL);
  return n > 0 ? GTK_WIDGET (g_steal_pointer (&box)) : NULL;
}

static void
limn_reading_bar_dispose (GObject *object)
{
  limn_widget_drop_children (GTK_WIDGET (object));
  G_OBJECT_CLASS (limn_reading_bar_parent_class)->dispose (object);
}

static void
limn_reading_bar_class_init (LimnReadingBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_reading_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "reading");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  /**
   * LimnReadingBar::chosen:
   * @written: a part of the prompt
   * @word: what to draw in its place
   */
  signals[SIGNAL_CHOSEN] =
      g_signal_new ("chosen", LIMN_TYPE_READING_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
limn_reading_bar_init (LimnReadingBar *self)
{
  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  gtk_revealer_set_transition_type (self->revealer, GTK_REVEALER_TRANSITION_TYPE_SLIDE_DOWN);
  gtk_widget_set_parent (GTK_WIDGET (self->revealer), GTK_WIDGET (self));
}

/**
 * limn_reading_bar_set_reading:
 * @reading: (nullable): what to tell of; nothing is shown where all words were
 *   taken as they are
 */
void
limn_reading_bar_set_reading (LimnReadingBar *self, const LimnReading *reading)
{
  GtkWidget *content;

  if (reading == self->reading)
    return;
  self->reading = reading;
  content = content_new (self, reading);
  gtk_revealer_set_child (self->revealer, content);
  g_clear_object (&content);
  gtk_revealer_set_reveal_child (self->revealer, reading != NULL && reading->replacements->len > 0);
}

static gboolean
is_in_word (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

static gboolean
is_whole_word (const char *text, const char *at, gsize n_bytes)
{
  return (at == text || !is_in_word (g_utf8_get_char (g_utf8_prev_char (at))))
         && !is_in_word (g_utf8_get_char (at + n_bytes));
}

/* Where @written stands as a word of its own, or else anywhere: not all scripts have spaces. */
static const char *
find_written (const char *prompt, const char *written)
{
  const char *first = strstr (prompt, written);

  for (const char *at = first; at != NULL; at = strstr (g_utf8_next_char (at), written))
    if (is_whole_word (prompt, at, strlen (written)))
      return at;
  return first;
}

/**
 * limn_reading_bar_change:
 *
 * Returns: (transfer full): @prompt with its first @written turned into @word
 */
char *
limn_reading_bar_change (const char *prompt, const char *written, const char *word)
{
  const char *at;
  g_autofree char *before = NULL;

  g_return_val_if_fail (*written != '\0', NULL);
  at = find_written (prompt, written);
  if (at == NULL)
    return g_strdup (prompt);
  before = g_strndup (prompt, (gsize) (at - prompt));
  return g_strconcat (before, word, at + strlen (written), NULL);
}
