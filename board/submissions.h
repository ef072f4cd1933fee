/* submissions.h - submissions as others write them. */
#pragma once

#include "board/call.h"

/* What submission_put reads: SELECT these FROM the joined tables. */
#define SUBMISSION_COLUMNS                                                                                   \
    "s.id AS id, s.challenge_id AS challenge_id, s.user_id AS user_id, s.team_id AS team_id, s.ip AS ip,"    \
    " s.provided AS provided, s.type AS type, s.date AS date, c.name, c.category, c.value, u.name, t.name"
#define SUBMISSION_TABLES                                                                                    \
    "submissions s LEFT JOIN challenges c ON c.id = s.challenge_id LEFT JOIN users u ON u.id = s.user_id"    \
    " LEFT JOIN teams t ON t.id = s.team_id"

enum submission_view {
    SUBMISSION_ADMIN,  /* everything */
    SUBMISSION_NESTED, /* for administrators in a user's lists: without user_id and team_id */
    SUBMISSION_PUBLIC, /* without provided and ip too */
};

/* The members of an open object. */
void submission_put(struct call *c, struct query *q, enum submission_view view);
