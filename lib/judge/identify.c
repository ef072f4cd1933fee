/* Whose attempt it is, found from the raw bytes before anything is judged. */
#include "judge/identify.h"

#include <string.h>

#include "base/str.h"
#include "judge/peel.h"
#include "judge/rules_private.h"
#include "judge/text.h"

/* One reading of the bytes: the handle in them under this encoding, with a newline too many inside or outside
 * it. */
static bool read_as(const struct clause *clause, enum text_encoding encoding, const uint8_t *bytes,
                    size_t length, char *out)
{
    uint8_t text[TEXT_MAX];
    ptrdiff_t n = text_read(clause, encoding, true, bytes, length, text);

    return n >= 0 && (text_handle(clause, text, (size_t)n, out) ||
                      text_handle(clause, text, trim_newline(text, (size_t)n), out));
}

/* A handle that is readable under another encoding still names the student, so that the finding can be told
 * to somebody. A roster says which reading is a student. Without one the hex of a handle, 736d697468, has
 * itself the form of a handle: what decodes to a handle is taken for it, except for Base64 of four letters,
 * which many words are. */
static bool read_handle(const struct rules *rules, const uint8_t *bytes, size_t length, char *out)
{
    static const enum text_encoding order[] = {ENCODING_HEX, ENCODING_BASE64, ENCODING_UTF8};
    const struct clause *clause = rules->named;
    char first[NAME_MAX_LEN + 1] = "";

    if (clause->encoding != ENCODING_UTF8 && read_as(clause, clause->encoding, bytes, length, out)) {
        if (!rules->roster || roster_find(rules->roster, out))
            return true;
        str_copy(first, sizeof(first), out);
    }
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        bool short_word = order[i] == ENCODING_BASE64 && trim_newline(bytes, length) <= 4;
        bool read_above = order[i] != ENCODING_UTF8 && order[i] == clause->encoding;
        if (read_above || (short_word && !rules->roster) || !read_as(clause, order[i], bytes, length, out))
            continue;
        if (!rules->roster || roster_find(rules->roster, out))
            return true;
        str_copy(first, sizeof(first), out);
    }
    str_copy(out, NAME_MAX_LEN + 1, first);
    return first[0] != '\0';
}

struct finder {
    const struct rules *rules;
    char *out;
};

static bool is_handle(void *context, const uint8_t *text, size_t length)
{
    const struct finder *f = context;

    return read_handle(f->rules, text, length, f->out) &&
           (!f->rules->roster || roster_find(f->rules->roster, f->out));
}

/* deep: also a handle inside of b'...', a dump, blanks or the like: told only to explain, for no such text is
 * right. */
static bool find_handle(const struct rules *rules, const uint8_t *bytes, size_t length, bool deep, char *out)
{
    struct finder finder = {rules, out};
    struct peeled way;
    char first[NAME_MAX_LEN + 1];

    if (is_handle(&finder, bytes, length))
        return true;
    str_copy(first, sizeof(first), out);
    if (deep && length <= text_farthest(rules->named) && peel_find(bytes, length, is_handle, &finder, &way))
        return true;
    str_copy(out, NAME_MAX_LEN + 1, first);
    return first[0] != '\0';
}

bool identify_student(const struct rules *rules, const struct packet *packet, uint32_t source, bool deep,
                      char *out)
{
    const uint8_t *bytes;
    size_t length;
    const struct student *student;

    out[0] = '\0';
    switch (rules->challenge->target.identify) {
    case IDENTIFY_NOBODY:
        str_copy(out, NAME_MAX_LEN + 1, "everyone");
        return true;
    case IDENTIFY_SOURCE:
        student = rules->roster ? roster_find_address(rules->roster, source) : NULL;
        if (student)
            str_copy(out, NAME_MAX_LEN + 1, student->handle);
        return true;
    case IDENTIFY_TEXT:
        break;
    }
    if (!rules->named || packet_bytes(packet, rules->named->field, &bytes, &length) != FIELD_OK ||
        !find_handle(rules, bytes, length, deep, out)) {
        out[0] = '\0';
        return true;
    }
    if (rules->roster && !roster_find(rules->roster, out)) {
        out[0] = '\0';
        return false;
    }
    return true;
}
