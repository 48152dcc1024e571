/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lexicon has no tones, so that it understands those who leave them out.  Where they are
 * written they tell words that hold a sentence together from things: "cho" is "for", "chó" a dog.
 */
#include "vietnamese.h"

/**
 * limn_vietnamese_has_tones:
 *
 * Returns: whether @text is written as it should be
 */
gboolean
limn_vietnamese_has_tones (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] >= 0x80)
      return TRUE;
  return FALSE;
}

/**
 * limn_vietnamese_is_filler:
 * @written: a word of a text with tones, NFC
 * @length: bytes of it
 *
 * Returns: whether @written says nothing to draw, though another word does that differs by its
 *   tone alone
 */
gboolean
limn_vietnamese_is_filler (const char *written, gsize length)
{
  static const char *const fillers[] = {
    "cho",  "của", "là",   "mà",   "khi",  "để",   "đó",   "họ",   "tôi",   "từ",  "tại",
    "đã",   "đến", "nó",   "ta",   "vì",   "nên",  "cả",   "cần",  "nào",   "thứ", "tự",
    "vị",   "mới", "bằng", "tới",  "vẫn",  "hơn",  "sau",  "ngày", "thành", "đầu", "chỉ",
    "điều", "bộ",  "muốn", "rằng", "tốt",  "đẹp",  "chưa", "giờ",  "mọi",   "xem", "ngay",
    "luôn", "đủ",  "bỏ",   "dùng", "đúng", "nhìn", "mỗi",  "đâu",  "được",  NULL
  };
  g_autofree char *lower = g_strstrip (g_utf8_strdown (written, (gssize) length));

  return g_strv_contains (fillers, lower);
}
