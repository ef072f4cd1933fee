#include "spec/template.h"

#include <string.h>

enum { TEMPLATE_NAME_MAX = 64 };

/* The place of the character `to` of a text that begins at `at`: each line of a block text begins in the same
 * column. */
static struct place place_of(const char *text, const char *to, struct place at)
{
    struct place p = at;

    for (; text < to; text++)
        if (*text == '\n') {
            p.line++;
            p.column = at.column;
        } else if (((unsigned char)*text & 0xc0) != 0x80) {
            p.column++;
        }
    return p;
}

/* The name between {{ and }}, blanks left out, to name. False when it is empty, too long or over a line. */
static bool take_name(const char *from, const char *to, char name[TEMPLATE_NAME_MAX])
{
    while (from < to && *from == ' ')
        from++;
    while (to > from && to[-1] == ' ')
        to--;
    size_t len = (size_t)(to - from);
    if (!len || len >= TEMPLATE_NAME_MAX || memchr(from, '\n', len) || memchr(from, '{', len))
        return false;
    memcpy(name, from, len);
    name[len] = '\0';
    return true;
}

bool template_fill(struct buf *out, const char *text, const struct template_values *values, const char *file,
                   struct place at, struct problems *problems)
{
    bool ok = true;
    const char *rest = text, *open;
    struct problems ignored = {0};
    struct problems *to = problems ? problems : &ignored;

    while ((open = strstr(rest, "{{"))) {
        char name[TEMPLATE_NAME_MAX];
        const char *close = strstr(open, "}}"), *value = NULL;
        buf_add(out, rest, (size_t)(open - rest));
        if (!close || !take_name(open + 2, close, name)) {
            problem_add(to, file, place_of(text, open, at),
                        "{{ without a name and }} after it; write {{ip.ttl}}");
            ok = false;
            rest = open + 2;
            continue;
        }
        if (values->value)
            value = values->value(values->context, name);
        if (value) {
            buf_puts(out, value);
        } else {
            const char *hint = values->hint ? values->hint(values->context, name) : NULL;
            problem_add(to, file, place_of(text, open, at), "{{%s}} stands for nothing here%s%s", name,
                        hint ? "; " : "", hint ? hint : "");
            ok = false;
        }
        rest = close + 2;
    }
    buf_puts(out, rest);
    if (out->failed) {
        problem_add(to, file, at, "the text is larger than %zu bytes when it is filled in", out->ceiling);
        ok = false;
    }
    problems_free(&ignored);
    return ok;
}
