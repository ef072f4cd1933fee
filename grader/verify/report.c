#include "grader/verify/report.h"

#include <string.h>

#include "base/array.h"
#include "base/err.h"

static struct report_check *find(struct report_challenge *c, const struct check *check)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->checks[i].check.group == check->group && strcmp(c->checks[i].check.name, check->name) == 0)
            return &c->checks[i];
    return NULL;
}

bool report_add(struct report_challenge *c, const struct check *check, unsigned repeat)
{
    struct report_check *old = find(c, check);

    if (old) {
        if (old->check.blame == BLAME_NONE && check->blame != BLAME_NONE)
            *old = (struct report_check){*check, repeat};
        return true;
    }
    if (c->n >= REPORT_CHECKS_MAX && check->blame == BLAME_NONE)
        return true;
    if (c->n == 2 * REPORT_CHECKS_MAX || !array_room(&c->checks, c->n, &c->cap, sizeof(*c->checks)))
        return false;
    /* what the run itself failed of is told first: it explains the rest */
    size_t at = check->group == CHECK_RUN ? 0 : c->n;
    memmove(c->checks + at + 1, c->checks + at, (c->n - at) * sizeof(*c->checks));
    c->checks[at] = (struct report_check){*check, repeat};
    c->n++;
    return true;
}

size_t report_count(const struct report_challenge *c, enum check_group group, size_t *held)
{
    size_t n = 0;

    *held = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (c->checks[i].check.group != group)
            continue;
        n++;
        *held += c->checks[i].check.blame == BLAME_NONE;
    }
    return n;
}

enum status report_status(const struct report *report)
{
    bool environment = false;

    for (size_t i = 0; i < report->n; i++)
        if (paper_unreadable(report->paper, report->challenges[i].challenge))
            return ST_INPUT;
    for (size_t i = 0; i < report->n; i++)
        for (size_t k = 0; k < report->challenges[i].n; k++) {
            enum check_blame blame = report->challenges[i].checks[k].check.blame;
            bool of_run = report->challenges[i].checks[k].check.group == CHECK_RUN;
            if (blame == BLAME_NONE)
                continue;
            /* a run that did not come to its end has found out nothing */
            if (blame != BLAME_ENVIRONMENT && !(blame == BLAME_HARNESS && of_run))
                return ST_NO;
            environment = true;
        }
    return environment ? ST_ENV : ST_OK;
}
