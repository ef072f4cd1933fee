/* ctfd.h - the parts of the CTFd driver, by what they are about. */
#pragma once

#include "base/buf.h"
#include "grader/scoreboard/board.h"
#include "grader/scoreboard/rows.h"
#include "grader/scoreboard/content.h"

struct ctfd;
struct json;
struct json_writer;

/* ctfd_find.c: challenges and users, as scoreboard.h says. */
enum board_result ctfd_challenge_find(void *state, const char *name, struct board_challenge *out,
                                      struct err *err);
enum board_result ctfd_challenge_read(void *state, int64_t id, struct board_challenge *out, struct err *err);
enum board_result ctfd_user_find(void *state, const char *name, const char *email, struct board_user *out,
                                 struct err *err);
enum board_result ctfd_user_read(void *state, int64_t id, struct board_user *out, struct err *err);
enum board_result ctfd_team_find(void *state, const char *name, struct board_team *out, struct err *err);
enum board_result ctfd_team_read(void *state, int64_t id, struct board_team *out, struct err *err);

/* ctfd_solve.c: solves and points. */
enum board_result ctfd_solve_post(void *state, const struct board_solve *solve, int64_t *submission,
                                  struct err *err);
enum board_result ctfd_solve_find(void *state, const struct board_solve *solve, struct board_posted *out,
                                  struct err *err);
enum board_result ctfd_solve_remove(void *state, int64_t submission, struct err *err);
enum board_result ctfd_user_points(void *state, int64_t id, int64_t *points, struct err *err);

/* ctfd_content.c, ctfd_record.c: all of a challenge, as scoreboard.h says. */
unsigned ctfd_content_keys(void *state, bool dynamic);
enum board_result ctfd_challenge_each(void *state, bool (*row)(const struct board_listed *row, void *context),
                                      void *context, struct err *err);
enum board_result ctfd_challenge_content(void *state, int64_t id, struct board_content *out, struct err *err);
enum board_result ctfd_challenge_create(void *state, const struct board_content *content, unsigned mask,
                                        int64_t *id, struct err *err);
enum board_result ctfd_challenge_patch(void *state, int64_t id, const struct board_content *content,
                                       unsigned mask, struct err *err);
enum board_result ctfd_challenge_remove(void *state, int64_t id, struct err *err);
unsigned ctfd_record_fields(void *state, enum record_kind kind);
enum board_result ctfd_record_make(void *state, int64_t challenge, const struct board_record *record,
                                   int64_t *id, struct err *err);
enum board_result ctfd_record_change(void *state, int64_t challenge, const struct board_record *there,
                                     const struct board_record *wanted, unsigned fields, struct err *err);
enum board_result ctfd_record_remove(void *state, const struct board_record *there, struct err *err);

/* Adds what the scoreboard has of a kind to out. */
enum board_result ctfd_records_read(struct ctfd *ctfd, int64_t challenge, enum record_kind kind,
                                    struct board_content *out, struct err *err);

/* ctfd_requirements.c: {"prerequisites": …, "anonymize": …} as content.h writes it, to free(), and back. */
char *ctfd_requirements_text(const struct json *object);
void ctfd_put_requirements(struct json_writer *w, const char *text);

/* Sends what body holds and frees it. The answer's data.id goes to *id when that is not NULL. */
enum board_result ctfd_send(struct ctfd *ctfd, const char *method, const char *path, struct buf *body,
                            int64_t *id, struct err *err);

/* ctfd_make.c: what deploy and demo create. */
enum board_result ctfd_challenge_refresh(void *state, int64_t id, struct err *err);
enum board_result ctfd_user_make(void *state, const struct board_account *account, int64_t *id,
                                 struct err *err);
enum board_result ctfd_user_change(void *state, int64_t id, const char *name, const char *password,
                                   struct err *err);
enum board_result ctfd_team_make(void *state, const char *name, const char *password, int64_t *id,
                                 struct err *err);
enum board_result ctfd_team_join(void *state, int64_t team, int64_t user, struct err *err);
enum board_result ctfd_config_set(void *state, const char *key, const char *value, struct err *err);

/* ctfd_rows.c: what was entered there. */
enum board_result ctfd_rows_count(void *state, struct board_tally *out, struct err *err);
enum board_result ctfd_rows_each(void *state, enum board_type type, bool all, board_row_fn *row,
                                 void *context, struct err *err);
enum board_result ctfd_row_read(void *state, int64_t submission, struct board_row *out, struct err *err);
enum board_result ctfd_row_promote(void *state, int64_t submission, int64_t *fresh, struct err *err);
enum board_result ctfd_row_revoke(void *state, int64_t submission, struct err *err);

/* Whether CTFd of this version ("3.8.7") takes a solve back by PATCH. */
bool ctfd_has_patch_to_incorrect(const char *version);

/* ctfd_notice.c */
enum board_result ctfd_user_notify(void *state, int64_t user, const char *title, const char *text,
                                   struct err *err);

/* ctfd_award.c: points without a challenge, and what the scoreboard shows. */
enum board_result ctfd_awards_each(void *state, bool (*row)(const struct board_award *row, void *context),
                                   void *context, struct err *err);
enum board_result ctfd_user_score(void *state, int64_t id, int64_t *points, bool *shown, struct err *err);
