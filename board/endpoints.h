/* endpoints.h - what the routes do; each runs under the lock, in one transaction, after its gate. */
#pragma once

#include "board/call.h"

void users_list(struct call *c);
void users_create(struct call *c);
void users_get(struct call *c);
void users_update(struct call *c);
void users_delete(struct call *c);
void users_me(struct call *c);

void solves_of_me(struct call *c);
void fails_of_me(struct call *c);
void solves_of_user(struct call *c);
void fails_of_user(struct call *c);
void solves_of_challenge(struct call *c);

void teams_list(struct call *c);
void teams_create(struct call *c);
void teams_get(struct call *c);
void teams_delete(struct call *c);
void members_list(struct call *c);
void members_add(struct call *c);
void members_remove(struct call *c);

void challenges_list(struct call *c);
void challenges_create(struct call *c);
void challenges_get(struct call *c);
void challenges_update(struct call *c);
void challenges_delete(struct call *c);
void challenges_attempt(struct call *c);

void flags_list(struct call *c);
void flags_of_challenge(struct call *c);
void flags_create(struct call *c);
void flags_get(struct call *c);
void flags_delete(struct call *c);

void submissions_list(struct call *c);
void submissions_create(struct call *c);
void submissions_get(struct call *c);
void submissions_update(struct call *c);
void submissions_delete(struct call *c);
void submissions_count(struct call *c);

void scoreboard_list(struct call *c);

void configs_list(struct call *c);
void configs_get(struct call *c);
void configs_set(struct call *c);
void configs_set_one(struct call *c);
void configs_delete(struct call *c);

/* Lists of what this board never has (tags, hints, topics, files, solutions), and requirements, which are
 * null. */
void empty_list(struct call *c);
void no_requirements(struct call *c);

void course_get(struct call *c);
