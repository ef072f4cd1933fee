#include "forge/refuse.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "explain/code.h"
#include "forge/change.h"

struct word {
    const char *word, *kinds, *meaning;
};

static const struct word CHANGES[] = {
#define CHANGE(word, kinds, meaning) {word, kinds, meaning},
#define PAIR(word, kinds, meaning)
#include "forge/changes.def"
#undef CHANGE
#undef PAIR
};

static const struct word PAIRS[] = {
#define CHANGE(word, kinds, meaning)
#define PAIR(word, kinds, meaning) {word, kinds, meaning},
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
           : field->kind == FIELD_FRAME           ? 'F'
                                                  : 'N';
}

static const struct word *word_find(const struct word *words, size_t n, const char *text, char kind)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i].word, text) == 0 && strchr(words[i].kinds, kind))
            return &words[i];
    return NULL;
}

/* The field that a change or value of this word is for, when it is not this one. */
static const struct field *word_means(const struct field *field, const char *word)
{
    size_t n = strlen(field->name);

    for (size_t i = 0; i < N_FIELDS; i++)
        if (strncmp(FIELDS[i].name, field->name, n) == 0 && FIELDS[i].name[n] == '.' &&
            word_find(CHANGES, N_CHANGES, word, kind_letter(&FIELDS[i])))
            return &FIELDS[i];
    return field_meant(field, word);
}

static bool change_check(const struct refuse_spec *row, const struct field *field, const char *file,
                         struct problems *problems)
{
    uint8_t address[ADDRESS6_BYTES];
    uint64_t value;
    char kind = kind_letter(field);

    if (kind == 'F') {
        problem_add(problems, file, row->change.at,
                    "frame: %.40s says no field; write which are to differ, so that the filter refuses it: "
                    "{frame: {ip.ttl: 3}, why: FILTER_SAYS_NO}",
                    row->change.text);
        return false;
    }
    if (word_find(CHANGES, N_CHANGES, row->change.text, kind))
        return true;
    const struct field *meant = word_means(field, row->change.text);
    const char *wrong = kind == 'N'   ? field_parse(field, row->change.text, &value)
                        : kind == 'A' ? field_parse_address6(row->change.text, address)
                                      : "is no change for it";
    if (wrong)
        problem_add(problems, file, row->change.at,
                    "%s: %s %s, and no change of that name is known for it; %s%s%s", field->name,
                    row->change.text, wrong, meant ? "did you mean " : "`wiregrade fields ",
                    meant ? meant->name : field->name, meant ? "?" : "` lists them");
    return !wrong;
}

/* Of the frame: fields, with values of theirs. */
static bool values_check(const struct refuse_spec *row, const char *file, struct problems *problems)
{
    bool ok = true;

    for (size_t i = 0; i < row->n_pairs; i++) {
        const struct field *field = field_find(row->keys[i].text);
        uint64_t value;
        const char *wrong = !field                                ? "is no field"
                            : strcmp(field->name, "payload") == 0 ? NULL
                            : !field->bits || field->kind == FIELD_CHECKSUM_STATUS
                                ? "is no field with a number"
                                : "";
        const bool named = wrong && !*wrong;
        if (named)
            wrong = field_parse(field, row->values[i].text, &value);
        if (wrong)
            problem_add(problems, file, named ? row->values[i].at : row->keys[i].at, "frame: %s%s%s %s",
                        row->keys[i].text, named ? ": " : "", named ? row->values[i].text : "", wrong);
        ok = ok && !wrong;
    }
    if (row->n_pairs > CHANGE_FIELDS_MAX)
        problem_add(problems, file, row->at, "frame: a row changes at most %d fields", CHANGE_FIELDS_MAX);
    return ok && row->n_pairs <= CHANGE_FIELDS_MAX;
}

static bool pairs_check(const struct refuse_spec *row, const struct field *field, const char *file,
                        struct problems *problems)
{
    bool ok = true;

    if (field->kind == FIELD_FRAME)
        return values_check(row, file, problems);

    for (size_t i = 0; i < row->n_pairs; i++)
        if (!word_find(PAIRS, N_PAIRS, row->keys[i].text, kind_letter(field))) {
            problem_add(problems, file, row->keys[i].at,
                        "%s: no change is named %s: encoding, newline, text and bytes are", field->name,
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
        near = field_nearest(row->field.text);
        problem_add(problems, file, row->field.at, "no field is named %s%s%s%s", row->field.text,
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
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

/* Whether the change does anything to such a field; a parameter is the clause's matter, and its meaning says
 * it. */
static bool has_effect(const struct field *field, const char *word)
{
    static const char *const of_pseudo_header[] = {
        "no_pseudo_header", "header_length_only", "ip_length", "wrong_protocol",
        "source_zero",      "source_loopback",    "offloaded"};

    for (size_t i = 0; i < sizeof(of_pseudo_header) / sizeof(of_pseudo_header[0]); i++)
        if (strcmp(word, of_pseudo_header[i]) == 0)
            return field->layer != LAYER_ICMP;
    if (strcmp(word, "with_pseudo_header") == 0)
        return field->layer == LAYER_ICMP;
    if (strcmp(word, "another_try") == 0) /* what a stream or datagram can be asked for */
        return field->layer == LAYER_PAYLOAD || field->kind == FIELD_PORT;
    if (strcmp(word, "swapped") == 0)
        return field->bits % 16 == 0;
    if (strcmp(word, "unshifted") == 0)
        return field->bits < 8 && field_shift(field) > 0;
    return true;
}

/* The code that such a change usually has. */
static const char *usual_code(const struct field *field, const char *word, char out[64])
{
    static const char *const codes[][2] = {
        {"unshifted", "NOT_SHIFTED"},     {"off_by_one", "OFF_BY_ONE"}, {"another_student", "WRONG_STUDENT"},
        {"another_class", "OTHER_CLASS"}, {"empty", "NO_PAYLOAD"},      {"encoding", "WRONG_ENCODING"},
        {"newline", "TRAILING_NEWLINE"},  {"text", "WRONG_VALUE"},      {"bytes", "WRONG_VALUE"},
        {"another_try", "ANOTHER_TRY"},
    };

    if (strcmp(word, "swapped") == 0)
        return field->kind == FIELD_ADDRESS ? "ADDRESS_REVERSED" : "BYTE_SWAPPED";
    if (strcmp(word, "zero") == 0 && field->kind != FIELD_CHECKSUM_STATUS)
        return "NOT_SET";
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(word, codes[i][0]) == 0)
            return codes[i][1];
    snprintf(out, 64, "CHECKSUM_%s", word);
    for (char *c = out; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return out;
}

/* A value that is as good as another; NULL where none can be written. */
static const char *some_value(const struct field *field)
{
    switch (field->kind) {
    case FIELD_DSCP:
        return "CS1";
    case FIELD_ADDRESS:
        return "192.0.2.1";
    case FIELD_ADDRESS6:
        return "2001:db8::1";
    case FIELD_PROTOCOL:
        return "UDP";
    case FIELD_FLAGS:
        return "SYN|FIN";
    case FIELD_ETHER:
        return "02:00:00:00:00:01";
    case FIELD_BYTES:
    case FIELD_CHECKSUM_STATUS:
    case FIELD_FRAME:
        return NULL;
    case FIELD_NUMBER:
    case FIELD_HEX:
    case FIELD_PORT:
    case FIELD_BIT:
        break;
    }
    return field->scale == 4 ? "24" : field->scale == 8 ? "8" : field->scale == 1 ? "1" : "0";
}

void refuse_each(const struct field *field, void (*each)(void *context, const char *meaning, const char *row),
                 void *context)
{
    static const char *const values[] = {"hex", "inside", "hello",
                                         "\"0x0102\""}; /* of PAIRS, in their order */
    char row[160], code[64], kind = kind_letter(field);

    if (kind == 'F') {
        each(context, "values of other fields, so that the filter refuses the frame",
             "{frame: {ip.ttl: 3}, why: FILTER_SAYS_NO}");
        return;
    }
    for (size_t i = 0; i < N_CHANGES; i++) {
        if (!strchr(CHANGES[i].kinds, kind) || !has_effect(field, CHANGES[i].word))
            continue;
        snprintf(row, sizeof(row), "{%s: %s, why: %s}", field->name, CHANGES[i].word,
                 usual_code(field, CHANGES[i].word, code));
        each(context, CHANGES[i].meaning, row);
    }
    for (size_t i = 0; i < N_PAIRS; i++) {
        if (!strchr(PAIRS[i].kinds, kind))
            continue;
        snprintf(row, sizeof(row), "{%s: {%s: %s}, why: %s}", field->name, PAIRS[i].word, values[i],
                 usual_code(field, PAIRS[i].word, code));
        each(context, PAIRS[i].meaning, row);
    }
    if (!some_value(field))
        return;
    snprintf(row, sizeof(row), "{%s: %s, why: WRONG_VALUE}", field->name, some_value(field));
    each(context, "that value, and the reason that it then has", row);
}
