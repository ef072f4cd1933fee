/* A letter as each of the usual ways writes it, compared with what came: the text that is asked for is known,
 * so nothing has to be guessed from the bytes. */
#include "explain/letters_bytes.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LATIN1_FIRST = 0xA0, LATIN1_LAST = 0xFF };

/* Of the letters that texts in the languages around us have. Not by iconv(3): a target may open no file, and
 * not the tables of character sets either. */
static const struct letter {
    uint16_t code;
    uint8_t cp850, mac;
    const char *base, *mark, *transcribed, *html; /* base + mark: its NFD; mark "": it has none */
} TABLE[] = {
    {0xE4, 0x84, 0x8A, "a", "\xCC\x88", "ae", "auml"},  {0xF6, 0x94, 0x9A, "o", "\xCC\x88", "oe", "ouml"},
    {0xFC, 0x81, 0x9F, "u", "\xCC\x88", "ue", "uuml"},  {0xC4, 0x8E, 0x80, "A", "\xCC\x88", "Ae", "Auml"},
    {0xD6, 0x99, 0x85, "O", "\xCC\x88", "Oe", "Ouml"},  {0xDC, 0x9A, 0x86, "U", "\xCC\x88", "Ue", "Uuml"},
    {0xDF, 0xE1, 0xA7, "ss", "", "ss", "szlig"},        {0xE9, 0x82, 0x8E, "e", "\xCC\x81", "e", "eacute"},
    {0xE8, 0x8A, 0x8F, "e", "\xCC\x80", "e", "egrave"}, {0xEA, 0x88, 0x90, "e", "\xCC\x82", "e", "ecirc"},
    {0xE0, 0x85, 0x88, "a", "\xCC\x80", "a", "agrave"}, {0xE1, 0xA0, 0x87, "a", "\xCC\x81", "a", "aacute"},
    {0xE2, 0x83, 0x89, "a", "\xCC\x82", "a", "acirc"},  {0xE7, 0x87, 0x8D, "c", "\xCC\xA7", "c", "ccedil"},
    {0xF1, 0xA4, 0x96, "n", "\xCC\x83", "n", "ntilde"}, {0xE5, 0x86, 0x8C, "a", "\xCC\x8A", "aa", "aring"},
    {0xED, 0xA1, 0x92, "i", "\xCC\x81", "i", "iacute"}, {0xF3, 0xA2, 0x97, "o", "\xCC\x81", "o", "oacute"},
    {0xFA, 0xA3, 0x9C, "u", "\xCC\x81", "u", "uacute"}, {0xF8, 0x9B, 0xBF, "o", "", "oe", "oslash"},
    {0xE6, 0x91, 0xBE, "ae", "", "ae", "aelig"},        {0x20AC, 0, 0xDB, "EUR", "", "EUR", "euro"},
};

static const struct letter *letter_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++)
        if (TABLE[i].code == code)
            return &TABLE[i];
    return NULL;
}

/* The letter at the text's beginning, of two or three bytes; the text is valid UTF-8. */
static uint32_t code_of(const uint8_t *text, size_t *n)
{
    *n = text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    if (*n == 2)
        return (uint32_t)(text[0] & 0x1F) << 6 | (text[1] & 0x3F);
    if (*n == 3)
        return (uint32_t)(text[0] & 0x0F) << 12 | (uint32_t)(text[1] & 0x3F) << 6 | (text[2] & 0x3F);
    return 0;
}

/* Windows-1252 for Latin-1's control characters; 0 where it has none (unicode.org, CP1252.TXT). */
static uint16_t windows(uint8_t byte)
{
    static const uint16_t table[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                       0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                       0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                       0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

    return byte >= 0x80 && byte < 0xA0 ? table[byte - 0x80] : byte;
}

static size_t put_twice(const uint8_t *utf8, size_t n, bool is_windows, uint8_t *out)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t c = is_windows ? windows(utf8[i]) : utf8[i];
        k += letters_bytes_of(c ? c : utf8[i], out + k);
    }
    return k;
}

static size_t put_byte(uint32_t byte, uint8_t *out)
{
    out[0] = (uint8_t)byte;
    return byte ? 1 : SIZE_MAX;
}

static uint32_t windows_byte(uint32_t code)
{
    for (unsigned b = 0x80; b < 0xA0; b++)
        if (windows((uint8_t)b) == code)
            return b;
    return code >= LATIN1_FIRST && code <= LATIN1_LAST ? code : 0;
}

static size_t put_text(const char *a, const char *b, uint8_t *out)
{
    int n = snprintf((char *)out, LETTER_BYTES, "%s%s", a, b);

    return n < 0 ? SIZE_MAX : (size_t)n;
}

static size_t put_number(const char *fmt_of, uint32_t code, uint8_t *out)
{
    char digits[LETTER_BYTES];

    snprintf(digits, sizeof(digits), strcmp(fmt_of, "&#") == 0 ? "%" PRIu32 ";" : "%" PRIx32 ";", code);
    return put_text(fmt_of, digits, out);
}

static size_t put_escape(enum letters_kind kind, const uint8_t *utf8, size_t n, uint32_t code, uint8_t *out)
{
    char text[LETTER_BYTES];

    if (kind == LETTERS_ESCAPE_U)
        snprintf(text, sizeof(text), "\\u%04" PRIx32, code);
    else if (kind == LETTERS_ESCAPE_N)
        snprintf(text, sizeof(text), "U+%04" PRIx32, code);
    else if (kind == LETTERS_ESCAPE_X)
        snprintf(text, sizeof(text), "\\x%02" PRIx32, code);
    else if (n == 2)
        snprintf(text, sizeof(text), "\\x%02x\\x%02x", utf8[0], utf8[1]);
    else
        snprintf(text, sizeof(text), "\\x%02x\\x%02x\\x%02x", utf8[0], utf8[1], utf8[2]);
    return put_text(text, "", out);
}

/* The marks of the table, by the name that Unicode has for them, and as they stand by themselves. */
static const struct mark {
    const char *combining, *name, *alone;
} MARKS[] = {
    {"\xCC\x88", "DIAERESIS", "\xC2\xA8"}, {"\xCC\x81", "ACUTE", "\xC2\xB4"},   {"\xCC\x80", "GRAVE", "`"},
    {"\xCC\x82", "CIRCUMFLEX", "^"},       {"\xCC\xA7", "CEDILLA", "\xC2\xB8"}, {"\xCC\x83", "TILDE", "~"},
    {"\xCC\x8A", "RING ABOVE", "\xC2\xB0"}};

static const struct mark *mark_of(const struct letter *l)
{
    for (size_t i = 0; l && i < sizeof(MARKS) / sizeof(MARKS[0]); i++)
        if (strcmp(MARKS[i].combining, l->mark) == 0)
            return &MARKS[i];
    return NULL;
}

/* \N{...}, as Python's errors='namereplace' writes it. */
static size_t put_name(const struct letter *l, uint8_t *out)
{
    const struct mark *m = mark_of(l);
    char name[LETTER_BYTES];

    if (!m && l->code != 0xDF)
        return SIZE_MAX;
    snprintf(name, sizeof(name), "\\N{LATIN %s LETTER %s%s%s}", *l->base >= 'a' ? "SMALL" : "CAPITAL",
             m ? (char[]){(char)(*l->base & ~0x20), '\0'} : "SHARP S", m ? " WITH " : "", m ? m->name : "");
    return put_text(name, "", out);
}

/* The letter and its mark as two characters; of the two dots also what looks like them. */
static size_t put_apart(enum letters_kind kind, const struct letter *l, uint8_t *out)
{
    const struct mark *m = mark_of(l);
    const bool dots = m == MARKS;

    if (!m)
        return SIZE_MAX;
    if (kind == LETTERS_BESIDE || kind == LETTERS_BEFORE)
        return kind == LETTERS_BESIDE ? put_text(l->base, m->alone, out) : put_text(m->alone, l->base, out);
    if (!dots)
        return SIZE_MAX;
    return kind == LETTERS_QUOTE ? put_text(l->base, "\"", out) : put_text("\"", l->base, out);
}

/* Hungarian has two strokes where others have two dots. */
static size_t put_doubled(uint32_t code, uint8_t *out)
{
    const uint32_t doubled = code == 0xFC   ? 0x171
                             : code == 0xF6 ? 0x151
                             : code == 0xDC ? 0x170
                             : code == 0xD6 ? 0x150
                                            : 0;

    return doubled ? letters_bytes_of(doubled, out) : SIZE_MAX;
}

/* What kind makes of a letter of n bytes; SIZE_MAX where it has nothing for it. */
static size_t put(enum letters_kind kind, const uint8_t *utf8, size_t n, uint32_t code, uint8_t *out)
{
    const struct letter *l = letter_of(code);

    switch (kind) {
    case LETTERS_CP850:
        return l ? put_byte(l->cp850, out) : SIZE_MAX;
    case LETTERS_CP1252:
        return put_byte(windows_byte(code), out);
    case LETTERS_MAC:
        return l ? put_byte(l->mac, out) : SIZE_MAX;
    case LETTERS_DECOMPOSED:
        return l && *l->mark ? put_text(l->base, l->mark, out) : SIZE_MAX;
    case LETTERS_TWICE:
    case LETTERS_TWICE_1252:
        return put_twice(utf8, n, kind == LETTERS_TWICE_1252, out);
    case LETTERS_ESCAPE_X:
    case LETTERS_ESCAPE_U:
    case LETTERS_ESCAPE_N:
    case LETTERS_ESCAPE_XX:
        return put_escape(kind, utf8, n, code, out);
    case LETTERS_HTML_NAME:
        if (!l)
            return SIZE_MAX;
        out[0] = '&';
        return 1 + put_text(l->html, ";", out + 1);
    case LETTERS_HTML_NUMBER:
        return put_number("&#", code, out);
    case LETTERS_HTML_HEX:
        return put_number("&#x", code, out);
    case LETTERS_TRANSCRIBED:
        return l ? put_text(l->transcribed, "", out) : SIZE_MAX;
    case LETTERS_PLAIN:
        return l ? put_text(l->base, "", out) : SIZE_MAX;
    case LETTERS_PLAIN_S:
        return l ? put_text(code == 0xDF ? "s" : l->base, "", out) : SIZE_MAX;
    case LETTERS_STRIPPED:
        return l ? put_text(*l->mark ? l->base : "", "", out) : SIZE_MAX;
    case LETTERS_QUESTION:
        return put_text("?", "", out);
    case LETTERS_NAMED:
        return l ? put_name(l, out) : SIZE_MAX;
    case LETTERS_BESIDE:
    case LETTERS_BEFORE:
    case LETTERS_QUOTE:
    case LETTERS_TEX:
        return put_apart(kind, l, out);
    case LETTERS_DOUBLED:
        return put_doubled(code, out);
    case LETTERS_UNKNOWN:
        return put_text("\xEF\xBF\xBD", "", out);
    case LETTERS_LEFT_OUT:
        return 0;
    case LETTERS_PUNYCODE: /* no letter by itself */
    case LETTERS_NONE:
    case N_LETTERS:
        return SIZE_MAX;
    default:
        return letters_bytes_put(kind, utf8, n, l ? l->base : NULL, l ? l->mark : NULL, out);
    }
}

static bool begins(const uint8_t *text, size_t length, size_t at, const void *with, size_t n)
{
    return length - at >= n && memcmp(text + at, with, n) == 0;
}

/* Hex digits are written in capitals, too: bash does. */
static bool begins_so(enum letters_kind kind, const uint8_t *text, size_t length, size_t at,
                      const uint8_t *with, size_t n)
{
    const bool hex = (kind >= LETTERS_ESCAPE_X && kind <= LETTERS_ESCAPE_N) || kind == LETTERS_HTML_HEX;

    return hex ? length - at >= n && strncasecmp((const char *)text + at, (const char *)with, n) == 0
               : begins(text, length, at, with, n);
}

size_t letters_match(enum letters_kind kind, const uint8_t *text, size_t length, const char *want,
                     struct letters *out)
{
    uint8_t form[LETTER_BYTES + 1];
    size_t at = 0, n = 1;

    for (const uint8_t *w = (const uint8_t *)want; *w; w += n) {
        n = 1;
        uint32_t code = *w < 0x80 ? *w : code_of(w, &n);
        if (begins(text, length, at, w, n)) {
            at += n;
            continue;
        }
        size_t k = *w < 0x80 ? SIZE_MAX : put(kind, w, n, code, form);
        if (k == SIZE_MAX || k > LETTER_BYTES || !begins_so(kind, text, length, at, form, k))
            return SIZE_MAX;
        if (!out->kind) {
            *out = (struct letters){.kind = kind, .n_got = k, .n_want = n};
            memcpy(out->got, text + at, k);
            memcpy(out->want, w, n);
        }
        at += k;
    }
    return at;
}

bool letters_punycode(const uint8_t *text, size_t length, const char *want, struct letters *out)
{
    size_t end = length;

    while (end && text[end - 1] != '-' &&
           ((text[end - 1] >= 'a' && text[end - 1] <= 'z') || (text[end - 1] >= '0' && text[end - 1] <= '9')))
        end--;
    const size_t n = length - end + 1;
    if (!end || n < 2 || n > LETTER_BYTES || text[end - 1] != '-' ||
        letters_match(LETTERS_LEFT_OUT, text, end - 1, want, out) != end - 1 || !out->kind)
        return false;
    out->kind = LETTERS_PUNYCODE;
    out->n_got = n;
    memcpy(out->got, text + end - 1, n);
    return true;
}

size_t letters_shown(const uint8_t *text, size_t length)
{
    if (length >= 3 && memcmp(text, "\xE2\x82\xAC", 3) == 0)
        return 3;
    if (length < 2 || text[0] < 0xC2 || text[0] > 0xC5 || (text[1] & 0xC0) != 0x80)
        return 0;
    /* neither the no-break blank nor the soft hyphen is to be seen */
    return text[0] > 0xC2 || (text[1] > 0xA0 && text[1] != 0xAD) ? 2 : 0;
}

uint32_t letters_code(const uint8_t *letter)
{
    size_t n;

    return *letter < 0x80 ? *letter : code_of(letter, &n);
}
