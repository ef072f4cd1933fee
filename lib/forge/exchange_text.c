#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "forge/exchange.h"
#include "judge/rules_private.h"

static size_t encode(enum text_encoding encoding, const uint8_t *text, size_t length, uint8_t *out,
                     size_t size)
{
    size_t need = encoding == ENCODING_HEX      ? HEX_SIZE(length)
                  : encoding == ENCODING_BASE64 ? BASE64_SIZE(length)
                                                : length + 1;
    if (need > size)
        return 0;
    if (encoding == ENCODING_HEX)
        hex_encode((char *)out, text, length);
    else if (encoding == ENCODING_BASE64)
        base64_encode((char *)out, text, length);
    else
        memcpy(out, text, length);
    return need - 1;
}

/* The clause's text with the student's handle in it, not encoded. */
static size_t plain_text(const struct clause *c, const char *student, uint8_t *out, size_t size)
{
    int n =
        snprintf((char *)out, size, "%s%s%s", c->before, c->after ? student : "", c->after ? c->after : "");

    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

size_t exchange_text(const struct rules *rules, const char *student, const struct field *field, uint8_t *out,
                     size_t size)
{
    const struct clause *c = clause_of(rules, field);
    uint8_t text[TEXT_MAX];

    if (!c || c->kind != MATCH_TEXT)
        return 0;
    return encode(c->encoding, text, plain_text(c, student, text, sizeof(text)), out, size);
}
