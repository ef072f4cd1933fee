#include "grader/check/given.h"

#include <string.h>

#include "base/names.h"

enum { WORD_MAX = 96 };

struct given {
    char slug[NAME_MAX_LEN + 1]; /* "" when none is given */
    char name[WORD_MAX];
    const char *value;
};

/* Copies [from, to); false when it does not fit. */
static bool cut(char *out, size_t size, const char *from, const char *to)
{
    size_t n = (size_t)(to - from);

    if (n >= size)
        return false;
    memcpy(out, from, n);
    out[n] = '\0';
    return true;
}

static bool split(const char *text, struct given *out)
{
    const char *equals = strchr(text, '='),
               *colon = equals ? memchr(text, ':', (size_t)(equals - text)) : NULL;

    *out = (struct given){.value = equals ? equals + 1 : NULL};
    return equals && (!colon || cut(out->slug, sizeof(out->slug), text, colon)) &&
           cut(out->name, sizeof(out->name), colon ? colon + 1 : text, equals);
}

/* The packet challenges that have this field among their parameters. */
static size_t holders(const struct rulebook *book, const struct given *given, const struct field *field,
                      size_t *last)
{
    size_t n = 0;

    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        if ((given->slug[0] && strcmp(given->slug, rules_slug(rules)) != 0) || !rules_has_param(rules, field))
            continue;
        *last = i;
        n++;
    }
    return n;
}

enum status given_put(struct rulebook *book, const char *text, struct err *err)
{
    struct given given;
    uint64_t value = 0;
    size_t i = 0;

    if (!split(text, &given))
        return err_set(err, ST_USAGE, "--param %.80s: write FIELD=VALUE, like ip.id=0x1234", text);
    const struct field *field = field_find(given.name);
    if (!field) {
        const char *near = field_nearest(given.name);
        return err_set(err, ST_USAGE, "--param %.80s: no field is named %s%s%s", text, given.name,
                       near ? "; did you mean " : "", near ? near : "");
    }
    const char *wrong = field_parse(field, given.value, &value);
    if (wrong)
        return err_set(err, ST_USAGE, "--param %s: %.80s %s", given.name, given.value, wrong);
    size_t n = holders(book, &given, field, &i);
    if (n == 0)
        return err_set(err, ST_USAGE, "--param %.80s: %s has no value of its own for %s", text,
                       given.slug[0] ? given.slug : "no challenge", given.name);
    if (n > 1)
        return err_set(err, ST_USAGE, "--param %.80s: several challenges have one: write %s:%s", text,
                       rules_slug(rulebook_at(book, i)), text);
    rulebook_give(book, i, field, value);
    return ST_OK;
}
