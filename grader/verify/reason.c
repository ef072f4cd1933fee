#include "grader/verify/reason.h"

#include <stdio.h>
#include <string.h>

#include "explain/reasons.h"

void reason_add(struct reason *reason, const char *code)
{
    if (reason->n < DIAGNOSES_MAX)
        snprintf(reason->codes[reason->n++], REASON_CODE_MAX, "%s", code);
}

void reason_of(struct reason *out, const struct rules *rules, const struct packet *packet,
               const struct verdict *verdict, const struct field *field)
{
    struct reasons reasons;

    *out = (struct reason){0};
    reasons_begin(&reasons, rules, packet, verdict);
    for (size_t i = 0; i < verdict->n; i++) {
        const struct finding *f = &verdict->findings[i];
        if (f->field != field || f->status != FINDING_FAIL)
            continue;
        size_t n;
        const struct diagnosis *diagnoses = reasons_of(&reasons, f, &n);
        for (size_t k = 0; k < n; k++)
            reason_add(out, diagnoses[k].code->name);
        return;
    }
}

/* A word of a list with commas. */
static bool is_listed(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
        if (strncmp(at, word, n) == 0 && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

/* Whichever of the two names the other. */
static bool are_twins(const struct code *a, const struct code *b)
{
    return a && b && (is_listed(a->twins, b->name) || is_listed(b->twins, a->name));
}

bool reason_is(const struct reason *reason, const char *code)
{
    const struct code *wanted = code_find(code);

    if (!wanted || !reason->n)
        return false;
    if (strcmp(reason->codes[0], code) == 0)
        return true;
    for (size_t i = 1; i < reason->n; i++)
        if (strcmp(reason->codes[i], code) == 0)
            return are_twins(wanted, code_find(reason->codes[0]));
    return false;
}

void reason_instead(const struct reason *reason, const char *code, const char *where, char *out, size_t size)
{
    char told[DIAGNOSES_MAX * REASON_CODE_MAX] = "no code";
    bool there = false;

    for (size_t i = 0, n = 0; i < reason->n && n < sizeof(told); i++) {
        n += (size_t)snprintf(told + n, sizeof(told) - n, "%s%s", i ? ", " : "", reason->codes[i]);
        there = there || strcmp(reason->codes[i], code) == 0;
    }
    if (there)
        snprintf(out, size, "the reason that is told%s first is %s, and %s only after it", where,
                 reason->codes[0], code);
    else if (reason->n > 1)
        snprintf(out, size, "the reasons that are told%s are %s, and not %s", where, told, code);
    else
        snprintf(out, size, "the reason that is told%s is %s, not %s", where, told, code);
}
