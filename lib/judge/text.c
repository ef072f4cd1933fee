#include "judge/text.h"

#include <string.h>

#include "base/codec.h"
#include "base/names.h"
#include "base/str.h"

ptrdiff_t text_decode(enum text_encoding encoding, bool trim, const uint8_t *bytes, size_t length,
                      uint8_t *out)
{
    if (trim)
        length = trim_newline(bytes, length);
    switch (encoding) {
    case ENCODING_HEX:
        return hex_decode(out, TEXT_MAX, (const char *)bytes, length);
    case ENCODING_BASE64:
        return base64_decode(out, TEXT_MAX, (const char *)bytes, length);
    case ENCODING_UTF8:
        break;
    }
    if (length > TEXT_MAX)
        return -1;
    memcpy(out, bytes, length);
    return (ptrdiff_t)length;
}

bool text_handle(const struct clause *clause, const uint8_t *text, size_t length, char *out)
{
    size_t before = strlen(clause->before), after = strlen(clause->after);

    if (length < before + after || memcmp(text, clause->before, before) != 0 ||
        memcmp(text + length - after, clause->after, after) != 0)
        return false;
    size_t n = length - before - after;
    if (n == 0 || n > NAME_MAX_LEN || memchr(text + before, 0, n))
        return false;
    memcpy(out, text + before, n);
    out[n] = '\0';
    ascii_lower(out);
    return handle_valid(out);
}

size_t text_longest(const struct clause *clause)
{
    enum { LINE_END = 2 };

    return strlen(clause->before) + (clause->after ? NAME_MAX_LEN + strlen(clause->after) : 0) + LINE_END;
}

size_t text_farthest(const struct clause *clause)
{
    enum { TIMES = 8, BESIDE = 64 };

    return TIMES * text_longest(clause) + BESIDE;
}

size_t text_looked(const struct clause *clause, const uint8_t *bytes, size_t length)
{
    const size_t most = text_farthest(clause);

    /* one comparison, as cheap as it can be: packets of nothing but zeros come in floods, too */
    if (length <= most || (bytes[length - 1] && bytes[length - 1] != ' ') ||
        memcmp(bytes + most - 1, bytes + most, length - most) != 0)
        return length;
    return most;
}

ptrdiff_t text_read(const struct clause *clause, enum text_encoding encoding, bool trim, const uint8_t *bytes,
                    size_t length, uint8_t *out)
{
    /* no encoding makes more than two bytes of one, and a line end may be outside of it too */
    return length > 2 * text_longest(clause) + 2 ? -1 : text_decode(encoding, trim, bytes, length, out);
}

bool text_matches(const struct clause *clause, const uint8_t *bytes, size_t length, const char *student)
{
    uint8_t text[TEXT_MAX];
    char handle[NAME_MAX_LEN + 1];
    ptrdiff_t n = text_read(clause, clause->encoding, clause->trim, bytes, length, text);

    if (n < 0)
        return false;
    if (!clause->after)
        return (size_t)n == strlen(clause->before) && memcmp(text, clause->before, (size_t)n) == 0;
    return text_handle(clause, text, (size_t)n, handle) && strcmp(handle, student) == 0;
}

bool text_says(const struct clause *clause)
{
    enum { LEAST = 4 };

    return strlen(clause->before) + (clause->after ? strlen(clause->after) : 0) >= LEAST;
}
