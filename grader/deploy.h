/* deploy.h - puts onto the scoreboard what it lacks of a course. */
#pragma once

#include <stddef.h>

#include "grader/desk.h"
#include "grader/scoreboard/scoreboard.h"

enum deploy_done { DEPLOY_CREATED, DEPLOY_THERE };

struct deploy_options {
    /* called for each challenge in the order of slugs; may be NULL */
    void (*told)(void *context, const struct challenge *challenge, enum deploy_done done);
    void *context;
};

struct deploy_summary {
    size_t created, there;
    bool pass_mark; /* the board is ours and got pass mark and name */
};

/* Creates every challenge whose name the scoreboard does not have, with its texts filled in, its flags, and
 * its state as written; what is there is left as it is. desk has the key. ST_INPUT: the course is wrong, with
 * the place; ST_NO: two challenges there have one name; ST_ENV: the scoreboard says no. May be repeated after
 * any end. */
enum status deploy_run(const struct desk *desk, struct scoreboard *board,
                       const struct deploy_options *options, struct deploy_summary *summary, struct err *err);
