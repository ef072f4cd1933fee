#include "forge/refuse.h"

#include <string.h>

#include "base/names.h"
#include "explain/code.h"

struct word {
    const char *word, *kinds;
};

static const struct word CHANGES[] = {
#define CHANGE(word, kinds, meaning) {word, kinds},
#define PAIR(word, kinds, meaning)
#include "forge/changes.def"
#undef CHANGE
#undef PAIR
};

static const struct word PAIRS[] = {
#define CHANGE(word, kinds, meaning)
#define PAIR(word, kinds, meaning) {word, kinds},
#include "forge/changes.def"
#undef CHANGE
#undef PAIR
};

enum {
    CODE_NAMES_MAX = 256,
    N_CHANGES = sizeof(CHANGES) / sizeof(CHANGES[0]),
    N_PAIRS = sizeof(PAIRS) / sizeof(PAIRS[0])
};

bool refuse_code_known(const char *code, const char **near)
{
    const char *names[CODE_NAMES_MAX];
    size_t n = 0;

    if (code_find(code))
        return true;
    while (n < CODE_NAMES_MAX && n < code_count()) {
        names[n] = code_at(n)->name;
        n++;
    }
    *near = names_nearest(code, names, n);
    return false;
}

static char kind_letter(const struct field *field)
{
    return field->kind == FIELD_BYTES             ? 'B'
           : field->kind == FIELD_CHECKSUM_STATUS ? 'C'
           : field->kind == FIELD_ADDRESS6        ? 'A'
                                                  : 'N';
}

static const struct word *word_find(const struct word *words, size_t n, const char *text, char kind)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i].word, text) == 0 && strchr(words[i].kinds, kind))
            return &words[i];
    return NULL;
}

static bool change_check(const struct refuse_spec *row, const struct field *field, const char *file,
                         struct problems *problems)
{
    uint8_t address[ADDRESS6_BYTES];
    uint64_t value;
    char kind = kind_letter(field);

    if (word_find(CHANGES, N_CHANGES, row->change.text, kind))
        return true;
    const char *wrong = kind == 'N'   ? field_parse(field, row->change.text, &value)
                        : kind == 'A' ? field_parse_address6(row->change.text, address)
                                      : "is no change for it";
    if (wrong)
        problem_add(problems, file, row->change.at, "%s: %s %s, and no change of that name is known for it",
                    field->name, row->change.text, wrong);
    return !wrong;
}

static bool pairs_check(const struct refuse_spec *row, const struct field *field, const char *file,
                        struct problems *problems)
{
    bool ok = true;

    for (size_t i = 0; i < row->n_pairs; i++)
        if (!word_find(PAIRS, N_PAIRS, row->keys[i].text, kind_letter(field))) {
            problem_add(problems, file, row->keys[i].at,
                        "%s: no change is named %s: encoding, newline, text are", field->name,
                        row->keys[i].text);
            ok = false;
        }
    return ok;
}

bool refuse_check(const struct refuse_spec *row, const char *file, struct problems *problems)
{
    const struct field *field = field_find(row->field.text);
    const char *near = NULL;
    bool ok = true;

    if (!field) {
        problem_add(problems, file, row->field.at, "no field is named %s", row->field.text);
        return false;
    }
    if (row->change.text)
        ok = change_check(row, field, file, problems);
    else
        ok = pairs_check(row, field, file, problems);
    if (row->why.text && !refuse_code_known(row->why.text, &near)) {
        problem_add(problems, file, row->why.at, "no diagnosis code is named %s%s%s%s", row->why.text,
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        ok = false;
    }
    return ok;
}
