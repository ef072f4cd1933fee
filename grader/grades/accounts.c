#include "grader/grades/accounts.h"

#include <stdlib.h>

static int64_t number_of(const struct grades_student *s, bool team)
{
    return team ? s->team : s->board_id;
}

static int by_number(const void *a, const void *b, void *team)
{
    const struct grades_student *x = *(struct grades_student *const *)a,
                                *y = *(struct grades_student *const *)b;
    int64_t m = number_of(x, *(bool *)team), n = number_of(y, *(bool *)team);

    return m != n ? (m > n) - (m < n) : (x > y) - (x < y); /* both in one array */
}

bool accounts_open(struct accounts *accounts, struct grades *report, bool teams)
{
    *accounts = (struct accounts){.teams = teams, .n = report->n_students};
    accounts->all = calloc(report->n_students + 1, sizeof(struct grades_student *));
    if (!accounts->all)
        return false;
    for (size_t i = 0; i < accounts->n; i++)
        accounts->all[i] = &report->students[i];
    qsort_r(accounts->all, accounts->n, sizeof(struct grades_student *), by_number, &teams);
    return true;
}

void accounts_close(struct accounts *accounts)
{
    free(accounts->all);
}

struct accounts_some accounts_of(const struct accounts *accounts, int64_t number)
{
    size_t low = 0, high = number ? accounts->n : 0, end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (number_of(accounts->all[middle], accounts->teams) < number)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; number && end < accounts->n && number_of(accounts->all[end], accounts->teams) == number;)
        end++;
    return (struct accounts_some){accounts->all + low, end - low};
}
