#include "grader/roster/identities.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int by_email(const void *a, const void *b)
{
    const struct student *x = *(const struct student *const *)a, *y = *(const struct student *const *)b;
    int order = strcasecmp(x->email, y->email);

    return order ? order : (x > y) - (x < y); /* both in one array */
}

static int by_id(const void *a, const void *b)
{
    const struct student *x = *(const struct student *const *)a, *y = *(const struct student *const *)b;
    int order = strcmp(x->external_id, y->external_id);

    return order ? order : (x > y) - (x < y);
}

bool identities_open(struct identities *identities, const struct roster *roster)
{
    *identities = (struct identities){.roster = roster};
    identities->by_email = calloc(roster->n + 1, sizeof(struct student *));
    identities->by_id = calloc(roster->n + 1, sizeof(struct student *));
    if (!identities->by_email || !identities->by_id)
        return false;
    for (size_t i = 0; i < roster->n; i++) {
        const struct student *s = &roster->students[i];
        if (s->email[0])
            identities->by_email[identities->n_emails++] = s;
        if (s->external_id[0])
            identities->by_id[identities->n_ids++] = s;
    }
    qsort(identities->by_email, identities->n_emails, sizeof(struct student *), by_email);
    qsort(identities->by_id, identities->n_ids, sizeof(struct student *), by_id);
    return true;
}

void identities_close(struct identities *identities)
{
    free(identities->by_email);
    free(identities->by_id);
}

/* The first of `all` that is not less. */
static size_t lower_bound(const struct student *const *all, size_t n, const char *text, bool email)
{
    size_t low = 0;

    while (low < n) {
        size_t middle = low + (n - low) / 2;
        int order = email ? strcasecmp(all[middle]->email, text) : strcmp(all[middle]->external_id, text);
        if (order < 0)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

const struct student *const *identities_with_email(const struct identities *identities, const char *email,
                                                   size_t *n)
{
    size_t first = lower_bound(identities->by_email, email[0] ? identities->n_emails : 0, email, true),
           end = first;

    while (email[0] && end < identities->n_emails && strcasecmp(identities->by_email[end]->email, email) == 0)
        end++;
    *n = end - first;
    return identities->by_email + first;
}

static const struct student *with_id(const struct identities *identities, const char *id)
{
    const size_t i = lower_bound(identities->by_id, id[0] ? identities->n_ids : 0, id, false);

    return id[0] && i < identities->n_ids && strcmp(identities->by_id[i]->external_id, id) == 0
               ? identities->by_id[i]
               : NULL;
}

bool identities_may_be(const struct identities *identities, const char *email, const char *external_id)
{
    size_t n;

    identities_with_email(identities, email, &n);
    return n || with_id(identities, external_id);
}

const struct student *identities_recognise(const struct identities *identities, const struct student *s)
{
    const struct student *numbered = with_id(identities, s->external_id);
    size_t n;

    if (numbered)
        return numbered;
    const struct student *const *same = identities_with_email(identities, s->email, &n);
    while (n-- > 0)
        if (!s->external_id[0] || !same[n]->external_id[0])
            return same[n];
    return NULL;
}
