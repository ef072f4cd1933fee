#include "grader/deploy/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define NOBODY SIZE_MAX
enum { HINT_NEEDS = 3 };

void diff_free(struct diff *diff)
{
    free(diff->steps);
    *diff = (struct diff){.n = 0};
}

/* The place of the n-th wanted hint, from 1, among all wanted parts. */
static size_t hint_at(const struct board_content *want, uint64_t n)
{
    for (size_t i = 0; i < want->n; i++)
        if (want->records[i].kind == RECORD_HINT && --n == 0)
            return i;
    return NOBODY;
}

char *diff_hint_needs(const struct board_content *want, size_t i)
{
    const char *p = want->records[i].field[HINT_NEEDS];
    int64_t ids[CONTENT_IDS_MAX];
    size_t n = 0;

    while (p && *p && n < CONTENT_IDS_MAX) {
        char word[32];
        uint64_t number;
        size_t len = strcspn(p, " ");
        snprintf(word, sizeof(word), "%.*s", (int)len, p);
        size_t at = parse_u64(word, UINT32_MAX, &number) == PARSE_OK ? hint_at(want, number) : NOBODY;
        if (at == NOBODY || !want->records[at].id)
            return strdup("");
        ids[n++] = want->records[at].id;
        p += len + (p[len] == ' ');
    }
    return content_ids_text(ids, n, NULL);
}

/* How two parts may belong together, the strictest first. */
enum pass { PASS_EXACT, PASS_TITLE, PASS_CONTENT, PASS_PLACE, PASSES };

static bool belong(const struct board_record *want, const struct board_record *have, enum pass pass,
                   unsigned fields)
{
    bool hint = want->kind == RECORD_HINT;

    switch (pass) {
    case PASS_EXACT:
        return !content_differs(want, have, hint ? fields & 7 : fields);
    case PASS_TITLE:
        return hint && (fields & 2) && want->field[1] && want->field[1][0] && !content_differs(want, have, 2);
    case PASS_CONTENT:
        return !content_differs(want, have, 1);
    case PASS_PLACE:
        return hint || want->kind == RECORD_SOLUTION;
    case PASSES:
        break;
    }
    return false;
}

static void pair(struct board_content *want, const struct board_content *have, const unsigned *fields,
                 size_t *partner, bool *taken)
{
    for (unsigned pass = 0; pass < PASSES; pass++)
        for (size_t i = 0; i < want->n; i++)
            for (size_t j = 0; partner[i] == NOBODY && j < have->n; j++) {
                struct board_record *w = &want->records[i];
                const struct board_record *h = &have->records[j];
                if (taken[j] || w->kind != h->kind || !belong(w, h, (enum pass)pass, fields[w->kind]))
                    continue;
                partner[i] = j;
                taken[j] = true;
                w->id = h->id;
            }
}

/* Fields of a wanted part and its partner that differ. */
static unsigned differing(const struct board_content *want, size_t i, const struct board_record *have,
                          unsigned fields, bool *ok)
{
    const struct board_record *w = &want->records[i];
    unsigned differs = content_differs(w, have, w->kind == RECORD_HINT ? fields & 7 : fields);

    /* older releases kept no sum of files: the name must do */
    if (w->kind == RECORD_FILE && (!have->field[1] || !have->field[1][0]))
        differs &= ~2U;
    if (w->kind == RECORD_HINT) {
        char *needs = diff_hint_needs(want, i);
        *ok = *ok && needs;
        if (needs && !content_same(needs, have->field[HINT_NEEDS]))
            differs |= 1U << HINT_NEEDS;
        /* one that must be made first has no number yet */
        if (needs && !needs[0] && w->field[HINT_NEEDS] && w->field[HINT_NEEDS][0])
            differs |= 1U << HINT_NEEDS;
        free(needs);
    }
    return differs;
}

static unsigned differing_keys(const struct board_content *want, const struct board_content *have,
                               unsigned known)
{
    unsigned keys = 0;

    for (unsigned i = 0; i < CONTENT_KEYS; i++)
        if ((known >> i & 1) && want->key[i] && !content_same(want->key[i], have->key[i]))
            keys |= 1U << i;
    return keys;
}

bool diff_make(struct diff *out, struct board_content *want, const struct board_content *have, unsigned known,
               const unsigned fields[RECORD_KINDS])
{
    size_t *partner = calloc(want->n + 1, sizeof(*partner));
    bool *taken = calloc(have->n + 1, sizeof(*taken)), ok = partner && taken;

    *out = (struct diff){.keys = differing_keys(want, have, known)};
    out->steps = calloc(want->n + have->n + 1, sizeof(*out->steps));
    ok = ok && out->steps;
    for (size_t i = 0; ok && i < want->n; i++) {
        partner[i] = NOBODY;
        want->records[i].id = 0;
    }
    if (ok)
        pair(want, have, fields, partner, taken);
    for (size_t i = 0; ok && i < want->n; i++)
        if (partner[i] == NOBODY && fields[want->records[i].kind])
            out->steps[out->n++] = (struct diff_step){.what = STEP_MAKE, .want = i};
    for (size_t i = 0; ok && i < want->n; i++) {
        if (partner[i] == NOBODY)
            continue;
        unsigned differs = differing(want, i, &have->records[partner[i]], fields[want->records[i].kind], &ok);
        if (differs)
            out->steps[out->n++] =
                (struct diff_step){.what = STEP_CHANGE, .want = i, .have = partner[i], .fields = differs};
    }
    for (size_t j = 0; ok && j < have->n; j++)
        if (!taken[j])
            out->steps[out->n++] = (struct diff_step){.what = STEP_REMOVE, .have = j};
    free(partner);
    free(taken);
    return ok;
}
