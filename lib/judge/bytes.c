#include "judge/bytes.h"

#include <string.h>

#include "base/str.h"
#include "judge/talk.h"
#include "judge/text.h"

bool bytes_match(const struct clause *c, const uint8_t *bytes, size_t length, const char *student)
{
    size_t trimmed = c->trim ? trim_newline(bytes, length) : length;

    switch (c->kind) {
    case MATCH_ANY:
        return length > 0;
    case MATCH_BYTES:
        return (length == c->n_bytes || trimmed == c->n_bytes) && memcmp(bytes, c->bytes, c->n_bytes) == 0;
    case MATCH_CONTAINS:
        return memmem(bytes, length, c->bytes, c->n_bytes) != NULL;
    case MATCH_LENGTH:
        return trimmed >= c->a && trimmed <= c->b;
    case MATCH_BIND:
        return trimmed > 0 && trimmed <= TALK_VALUE_MAX;
    case MATCH_EQUAL:
    case MATCH_TEXT:
        return text_matches(c, bytes, length, student);
    case MATCH_IN:
    case MATCH_RANGE:
    case MATCH_MASK:
    case MATCH_NOT:
    case MATCH_PARAM:
    case MATCH_BOUND:
    case MATCH_FILTER:
        break;
    }
    return false;
}
