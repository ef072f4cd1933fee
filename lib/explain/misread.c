#include "explain/misread.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"

enum { LINE_MAX = 64, MADE_PER_BYTE = 4, MADE_MAX = LINE_MAX * MADE_PER_BYTE + 4, LETTER_MAX = 4, LEAST = 3 };

struct made {
    uint8_t bytes[MADE_MAX];
    size_t n;
};

static void put(struct made *m, const void *bytes, size_t n)
{
    memcpy(m->bytes + m->n, bytes, n);
    m->n += n;
}

/* The bytes of the letter in UTF-8 that begins here; 0 where none does. */
static size_t letter(const uint8_t *line, size_t n)
{
    for (size_t k = 1; k <= n && k <= LETTER_MAX; k++)
        if (utf8_valid(line, k))
            return k;
    return 0;
}

static void as_latin1(const uint8_t *line, size_t n, struct made *m)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t two[] = {(uint8_t)(0xC0 | line[i] >> 6), (uint8_t)(0x80 | (line[i] & 0x3F))};
        put(m, line[i] < 0x80 ? line + i : two, line[i] < 0x80 ? 1 : sizeof(two));
    }
}

/* What stands for each byte that is of no letter; "" for nothing. */
static void without(const uint8_t *line, size_t n, const char *mark, struct made *m)
{
    for (size_t i = 0, k; i < n; i += k ? k : 1) {
        k = letter(line + i, n - i);
        put(m, k ? (const char *)line + i : mark, k ? k : strlen(mark));
    }
}

static void as_ignored(const uint8_t *line, size_t n, struct made *m)
{
    without(line, n, "", m);
}

static void as_question_marks(const uint8_t *line, size_t n, struct made *m)
{
    without(line, n, "?", m);
}

static void as_ascii_alone(const uint8_t *line, size_t n, struct made *m)
{
    for (size_t i = 0; i < n; i++)
        if (line[i] < 0x80)
            put(m, line + i, 1);
}

static void put_hex(struct made *m, uint8_t byte)
{
    char text[8];

    put(m, text, (size_t)snprintf(text, sizeof(text), "\\x%02x", byte));
}

static void as_escaped(const uint8_t *line, size_t n, struct made *m)
{
    for (size_t i = 0, k; i < n; i += k ? k : 1) {
        k = letter(line + i, n - i);
        if (k)
            put(m, line + i, k);
        else
            put_hex(m, line[i]);
    }
}

/* repr(), without the b and the quotes: they are ' unless there is one among the bytes, and no ". */
static void as_repr(const uint8_t *line, size_t n, struct made *m)
{
    static const char plain[] = "\t\n\r\\", letters[] = "tnr\\";
    const char quote = memchr(line, '\'', n) && !memchr(line, '"', n) ? '"' : '\'';

    for (size_t i = 0; i < n; i++) {
        const char *at = line[i] ? strchr(plain, line[i]) : NULL;
        const char two[] = {'\\', at ? letters[at - plain] : quote};
        if (at || line[i] == (uint8_t)quote)
            put(m, two, sizeof(two));
        else if (line[i] < 0x20 || line[i] >= 0x7F)
            put_hex(m, line[i]);
        else
            put(m, line + i, 1);
    }
}

/* Bytes that are no UTF-8 came as U+FFFD, one for each or for several, the letters between them as they are.
 */
static bool is_replaced(const uint8_t *line, size_t n, const uint8_t *got, size_t n_got)
{
    size_t at = 0, lost = 0;

    for (size_t i = 0; i < n_got; i++) {
        if (n_got - i >= 3 && memcmp(got + i, "\xEF\xBF\xBD", 3) == 0) {
            lost++;
            i += 2;
            continue;
        }
        while (at < n && line[at] != got[i])
            at++;
        if (at++ == n)
            return false;
    }
    return lost > 0;
}

/* b'...' or b"..." is taken off: what is inside says the same. */
static void skip_quotes(const uint8_t **got, size_t *n)
{
    const uint8_t *in = *got;

    if (*n < LEAST || in[0] != 'b' || (in[1] != '\'' && in[1] != '"') || in[*n - 1] != in[1])
        return;
    *got += 2;
    *n -= LEAST;
}

/* The hex digits taken for Base64, whose letters they are, too; what is no whole group is left out. */
static void as_base64(const uint8_t *line, size_t n, struct made *m)
{
    char digits[HEX_SIZE(LINE_MAX)];

    hex_encode(digits, line, n);
    const ptrdiff_t bytes = base64_decode(m->bytes, sizeof(m->bytes), digits, 2 * n / 4 * 4);
    m->n = bytes > 0 ? (size_t)bytes : 0;
}

const char *misread_how(const uint8_t *line, size_t n, const uint8_t *got, size_t n_got)
{
    static const struct {
        void (*make)(const uint8_t *line, size_t n, struct made *m);
        const char *how;
    } rows[] = {
        {as_latin1, "decoded as Latin-1, and sent in UTF-8"},
        {as_ignored, "decoded with errors='ignore': letters were lost"},
        {as_ascii_alone, "decoded with errors='ignore': letters were lost"},
        {as_question_marks, "read as the text that it is not, with ? for what is no letter"},
        {as_repr, "as Python shows bytes, with \\x.. in it"},
        {as_base64, "its hex digits decoded as Base64, which they are not"},
        {as_escaped, "decoded with errors='backslashreplace'"},
    };
    bool ascii = true;

    for (size_t i = 0; i < n; i++)
        ascii = ascii && line[i] >= 0x20 && line[i] < 0x7F;
    if (ascii || n > LINE_MAX)
        return NULL;
    if (is_replaced(line, n, got, n_got))
        return "read as the text that it is not: letters were lost";
    skip_quotes(&got, &n_got);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct made made = {.n = 0};
        rows[i].make(line, n, &made);
        if (made.n == n_got && n_got >= LEAST && memcmp(made.bytes, got, n_got) == 0)
            return rows[i].how;
    }
    return NULL;
}
