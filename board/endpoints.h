/* endpoints.h - what the routes do; each runs under the lock, in one transaction, after its gate. */
#pragma once

#include "board/call.h"
#include "board/record.h"

extern const struct record awards_record, challenges_record, files_record, flags_record, hints_record,
    notifications_record, solutions_record, submissions_record, tags_record, teams_record, topics_record;

void users_list(struct call *c);
void users_create(struct call *c);
void users_get(struct call *c);
void users_update(struct call *c);
void users_delete(struct call *c);
void users_me(struct call *c);

void solves_of_me(struct call *c);
void solves_fails_of_me(struct call *c);
void solves_of_user(struct call *c);
void solves_fails_of_user(struct call *c);
void solves_of_challenge(struct call *c);

void teams_list(struct call *c);
void teams_create(struct call *c);
void teams_get(struct call *c);
void teams_members_list(struct call *c);
void teams_members_add(struct call *c);
void teams_members_remove(struct call *c);

void challenges_list(struct call *c);
void challenges_create(struct call *c);
void challenges_get(struct call *c);
void challenges_update(struct call *c);
void attempt_create(struct call *c);
void challenges_requirements(struct call *c);

/* Answers with one challenge as the caller may see it; mine: with what is his. */
void challenge_answer(struct call *c, int64_t id, bool mine);

void submissions_list(struct call *c);
void submissions_create(struct call *c);
void submissions_get(struct call *c);
void submissions_update(struct call *c);
void submissions_count(struct call *c);

void scoreboard_list(struct call *c);

void configs_list(struct call *c);
void configs_get(struct call *c);
void configs_set(struct call *c);
void configs_set_one(struct call *c);
void configs_delete(struct call *c);

void tags_topics_of_challenge(struct call *c);
void tags_topics_create(struct call *c);
void tags_topics_unlink(struct call *c);

void hints_get(struct call *c);
void hints_unlock(struct call *c);

/* Whether the caller's account has bought the hint. */
bool hint_unlocked(struct call *c, int64_t hint);

void files_create(struct call *c);
void files_download(struct call *c);

void solutions_get(struct call *c);

void configs_course(struct call *c);

/* The text as HTML under key, in an open object. False: no memory, and the call has failed. */
bool mine_put_html(struct call *c, const char *key, const char *text);
void mine_get(struct call *c);
void mine_challenge(struct call *c);
