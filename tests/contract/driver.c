/* What every scoreboard must do, by grader/scoreboard/scoreboard.h. The one to try is named by
 * WIREGRADE_CTFD_URL and WIREGRADE_CTFD_TOKEN_FILE; names are new in each run, so that it may be one in use.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/scoreboard/scoreboard.h"

static struct scoreboard board;
static struct board_kind kind;
static unsigned made;

/* A name that nobody has; out has 64 bytes. */
static const char *fresh(const char *what, char out[64])
{
    snprintf(out, 64, "wg %s %ld-%u", what, (long)getpid(), ++made);
    return out;
}

static bool start(void)
{
    struct board_options options = {.url = getenv("WIREGRADE_CTFD_URL"),
                                    .token_file = getenv("WIREGRADE_CTFD_TOKEN_FILE")};
    struct err err = {.text = ""};

    CU_ASSERT_TRUE_FATAL(options.url != NULL && options.token_file != NULL);
    for (int i = 0; i < 2; i++) { /* the second time with the mode that it says it has */
        CU_ASSERT_EQUAL_FATAL(scoreboard_open(&board, &options, &err), ST_OK);
        enum board_result result = board.driver->kind(board.state, &kind, &err);
        if (result != BOARD_OK)
            fprintf(stderr, "%s\n", err.text);
        CU_ASSERT_EQUAL_FATAL(result, BOARD_OK);
        if (kind.teams == options.teams)
            return true;
        options.teams = kind.teams;
        scoreboard_close(&board);
    }
    return false;
}

static int64_t user(char name[64], const char *email)
{
    const struct board_account account = {
        .name = fresh("user", name), .email = email, .password = "horse battery staple", .hidden = true};
    struct err err = {.text = ""};
    int64_t id = 0;

    CU_ASSERT_EQUAL(board.driver->user_make(board.state, &account, &id, &err), BOARD_OK);
    CU_ASSERT_TRUE(id > 0);
    return id;
}

/* A challenge of that name. */
static int64_t named(const char *name, int64_t value, bool visible)
{
    struct board_content content = {.n = 0};
    struct err err = {.text = ""};
    int64_t id = 0;

    content_set(&content, KEY_NAME, name);
    content_set(&content, KEY_CATEGORY, "wg");
    content_set(&content, KEY_DESCRIPTION, "a\nb {c} | \xE2\x82\xAC");
    content_set(&content, KEY_TYPE, "standard");
    content_set(&content, KEY_STATE, visible ? "visible" : "hidden");
    content_set_number(&content, KEY_VALUE, value);
    enum board_result result = board.driver->challenge_create(board.state, &content, ~0U, &id, &err);
    if (result != BOARD_OK)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_EQUAL(result, BOARD_OK);
    CU_ASSERT_TRUE(id > 0);
    content_free(&content);
    return id;
}

static int64_t challenge(char name[64], int64_t value, bool visible)
{
    return named(fresh("h\xC3\xA9 \"<q>\"", name), value, visible);
}

static void challenges_are_found_by_their_whole_name(void)
{
    char name[64], hidden[64], longer[80];
    struct board_challenge found;
    struct err err;

    CU_ASSERT_TRUE_FATAL(start());
    int64_t id = challenge(name, 15, true), other = challenge(hidden, 5, false);
    CU_ASSERT_EQUAL(board.driver->challenge_find(board.state, name, &found, &err), BOARD_OK);
    CU_ASSERT_EQUAL(found.id, id);
    CU_ASSERT_STRING_EQUAL(found.name, name);
    CU_ASSERT_EQUAL(found.value, 15);
    CU_ASSERT_TRUE(found.visible);
    CU_ASSERT_FALSE(found.recompute);
    CU_ASSERT_EQUAL(board.driver->challenge_find(board.state, hidden, &found, &err), BOARD_OK);
    CU_ASSERT_EQUAL(found.id, other);
    CU_ASSERT_FALSE(found.visible);
    snprintf(longer, sizeof(longer), "%s0", name);
    CU_ASSERT_EQUAL(board.driver->challenge_find(board.state, longer, &found, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->challenge_read(board.state, 999999999, &found, &err), BOARD_NONE);
    scoreboard_close(&board);
}

static void two_of_one_name_are_many(void)
{
    char name[64];
    struct board_challenge found;
    struct err err;

    CU_ASSERT_TRUE_FATAL(start());
    challenge(name, 1, false);
    named(name, 1, false);
    CU_ASSERT_EQUAL(board.driver->challenge_find(board.state, name, &found, &err), BOARD_MANY);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, name));
    scoreboard_close(&board);
}

static void users_are_found_by_their_whole_name_or_address(void)
{
    char name[64], near[64], email[64], part[64];
    struct board_user found;
    struct err err;

    CU_ASSERT_TRUE_FATAL(start());
    snprintf(email, sizeof(email), "wg_%ld.%u@example.com", (long)getpid(), made);
    int64_t id = user(name, email);
    user(near, NULL);
    CU_ASSERT_EQUAL(board.driver->user_find(board.state, name, NULL, &found, &err), BOARD_OK);
    CU_ASSERT_EQUAL(found.id, id);
    CU_ASSERT_TRUE(found.hidden);
    CU_ASSERT_EQUAL(found.team, 0);
    CU_ASSERT_EQUAL(board.driver->user_find(board.state, "somebody else", email, &found, &err), BOARD_OK);
    CU_ASSERT_EQUAL(found.id, id);
    CU_ASSERT_STRING_EQUAL(found.email, email);
    snprintf(part, sizeof(part), "%.*s", (int)strlen(name) - 1, name);
    CU_ASSERT_EQUAL(board.driver->user_find(board.state, part, NULL, &found, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->user_find(board.state, name, email + 1, &found, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->user_find(board.state, "wg%", NULL, &found, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->user_find(board.state, "a&b=c#d +\xE2\x82\xAC", NULL, &found, &err),
                    BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->user_read(board.state, 999999999, &found, &err), BOARD_NONE);
    scoreboard_close(&board);
}

static void a_solve_counts_once(void)
{
    char who[64], what[64], marker[80];
    struct board_posted there;
    struct err err;
    int64_t submission = 0, points = -1;

    CU_ASSERT_TRUE_FATAL(start());
    if (kind.teams) { /* without a team nothing can be posted, and nothing is sent */
        const struct board_solve solve = {
            .challenge = challenge(what, 15, false), .user = user(who, NULL), .marker = "x"};
        CU_ASSERT_EQUAL(board.driver->solve_post(board.state, &solve, &submission, &err), BOARD_WRONG);
        CU_ASSERT_EQUAL(board.driver->solve_find(board.state, &solve, &there, &err), BOARD_NONE);
        scoreboard_close(&board);
        return;
    }
    snprintf(marker, sizeof(marker), "wiregrade:%s", fresh("marker", what));
    const struct board_solve solve = {.challenge = challenge(what, 15, false),
                                      .user = user(who, NULL),
                                      .marker = marker,
                                      .source = "10.10.0.40"};
    struct board_solve other = solve;
    CU_ASSERT_EQUAL(board.driver->solve_find(board.state, &solve, &there, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->user_points(board.state, solve.user, &points, &err), BOARD_OK);
    CU_ASSERT_EQUAL(points, 0);
    CU_ASSERT_EQUAL(board.driver->solve_post(board.state, &solve, &submission, &err), BOARD_OK);
    CU_ASSERT_TRUE(submission > 0);
    CU_ASSERT_EQUAL(board.driver->solve_post(board.state, &solve, &submission, &err), BOARD_CONFLICT);
    CU_ASSERT_EQUAL(board.driver->solve_find(board.state, &solve, &there, &err), BOARD_OK);
    CU_ASSERT_EQUAL(there.submission, submission);
    CU_ASSERT_EQUAL(there.user, solve.user);
    CU_ASSERT_TRUE(there.ours && there.counts);
    other.marker = "wiregrade:another";
    CU_ASSERT_EQUAL(board.driver->solve_find(board.state, &other, &there, &err), BOARD_OK);
    CU_ASSERT_FALSE(there.ours);
    CU_ASSERT_EQUAL(board.driver->user_points(board.state, solve.user, &points, &err), BOARD_OK);
    CU_ASSERT_EQUAL(points, 15);
    CU_ASSERT_EQUAL(board.driver->challenge_refresh(board.state, solve.challenge, &err), BOARD_OK);
    CU_ASSERT_EQUAL(board.driver->solve_remove(board.state, submission, &err), BOARD_OK);
    CU_ASSERT_EQUAL(board.driver->solve_remove(board.state, submission, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->solve_find(board.state, &solve, &there, &err), BOARD_NONE);
    scoreboard_close(&board);
}

/* A row with this text. */
struct wanted {
    const char *provided;
    struct board_row row;
    int n;
};

static bool is_wanted(const struct board_row *row, void *context)
{
    struct wanted *wanted = context;

    if (strcmp(row->provided, wanted->provided) != 0)
        return false;
    wanted->row = *row;
    wanted->n++;
    return true;
}

static void a_solve_is_listed_and_taken_back_once(void)
{
    char who[64], what[64], marker[80];
    struct wanted wanted = {.provided = marker};
    struct board_tally before, after;
    struct err err;
    int64_t submission = 0, id;

    CU_ASSERT_TRUE_FATAL(start());
    CU_ASSERT_EQUAL(board.driver->row_promote(board.state, 999999999, &id, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->row_revoke(board.state, 999999999, &err), BOARD_NONE);
    CU_ASSERT_EQUAL(board.driver->rows_count(board.state, &before, &err), BOARD_OK);
    if (!kind.teams) {
        snprintf(marker, sizeof(marker), "wiregrade:%s", fresh("marker", what));
        const struct board_solve solve = {.challenge = challenge(what, 15, false),
                                          .user = user(who, NULL),
                                          .marker = marker,
                                          .source = "10.10.0.40"};
        CU_ASSERT_EQUAL(board.driver->solve_post(board.state, &solve, &submission, &err), BOARD_OK);
        CU_ASSERT_EQUAL(board.driver->rows_count(board.state, &after, &err), BOARD_OK);
        CU_ASSERT_TRUE(after.rows[BOARD_CORRECT] > before.rows[BOARD_CORRECT]);
        CU_ASSERT_EQUAL(board.driver->rows_each(board.state, BOARD_CORRECT, true, is_wanted, &wanted, &err),
                        BOARD_OK);
        CU_ASSERT_EQUAL(wanted.n, 1);
        CU_ASSERT_EQUAL(wanted.row.id, submission);
        CU_ASSERT_EQUAL(wanted.row.user, solve.user);
        CU_ASSERT_EQUAL(wanted.row.challenge, solve.challenge);
        CU_ASSERT_STRING_EQUAL(wanted.row.user_name, who);
        CU_ASSERT_STRING_EQUAL(wanted.row.source, "10.10.0.40");
        CU_ASSERT_TRUE(strlen(wanted.row.date) >= 19);
        struct board_row one;
        CU_ASSERT_EQUAL(board.driver->row_read(board.state, submission, &one, &err), BOARD_OK);
        CU_ASSERT_TRUE(one.id == submission && one.type == BOARD_CORRECT && one.user == solve.user);
        CU_ASSERT_EQUAL(one.value, wanted.row.value);
        CU_ASSERT_TRUE(one.value > 0);
        /* 400; 500 before CTFd 3.8.2 */
        enum board_result again = board.driver->row_promote(board.state, submission, &id, &err);
        CU_ASSERT_TRUE(again == BOARD_WRONG || again == BOARD_CONFLICT);
        CU_ASSERT_EQUAL(board.driver->row_revoke(board.state, submission, &err), BOARD_OK);
        CU_ASSERT_EQUAL(board.driver->row_revoke(board.state, submission, &err), BOARD_NONE);
        wanted.n = 0;
        for (int type = 0; type < BOARD_TYPES; type++)
            CU_ASSERT_EQUAL(
                board.driver->rows_each(board.state, (enum board_type)type, true, is_wanted, &wanted, &err),
                BOARD_OK);
        CU_ASSERT_EQUAL(wanted.n, 0);
        CU_ASSERT_EQUAL(board.driver->row_read(board.state, INT32_MAX, &one, &err), BOARD_NONE);
    }
    scoreboard_close(&board);
}

static void a_solve_of_what_is_not_there_is_unclear(void)
{
    char who[64], what[64];
    struct err err;
    int64_t submission;

    CU_ASSERT_TRUE_FATAL(start());
    struct board_solve solve = {
        .challenge = 999999999, .user = user(who, NULL), .marker = "x", .team = kind.teams ? 1 : 0};
    CU_ASSERT_EQUAL(board.driver->solve_post(board.state, &solve, &submission, &err), BOARD_CONFLICT);
    solve.challenge = challenge(what, 1, false);
    solve.user = 999999999;
    CU_ASSERT_EQUAL(board.driver->solve_post(board.state, &solve, &submission, &err), BOARD_CONFLICT);
    solve.source = "an address that is much longer than the forty-six characters";
    CU_ASSERT_EQUAL(board.driver->solve_post(board.state, &solve, &submission, &err), BOARD_WRONG);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "46"));
    scoreboard_close(&board);
}

/* The part of a kind whose first field is text; NULL when there is none. */
static const struct board_record *part(const struct board_content *c, enum record_kind what, const char *text)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->records[i].kind == what && strcmp(c->records[i].field[0], text) == 0)
            return &c->records[i];
    return NULL;
}

static void read_content(int64_t id, struct board_content *out)
{
    struct err err = {.text = ""};

    content_free(out);
    enum board_result result = board.driver->challenge_content(board.state, id, out, &err);
    if (result != BOARD_OK)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_EQUAL_FATAL(result, BOARD_OK);
}

static int64_t make_part(int64_t challenge_id, struct board_record *record)
{
    struct err err = {.text = ""};
    int64_t id = 0;

    CU_ASSERT_EQUAL(board.driver->record_make(board.state, challenge_id, record, &id, &err), BOARD_OK);
    CU_ASSERT_TRUE(id > 0);
    return id;
}

static void all_of_a_challenge_comes_back(void)
{
    char first[64], second[64], needs[40];
    struct board_content want = {.n = 0}, got = {.n = 0};
    struct err err = {.text = ""};
    int64_t id = 0;

    CU_ASSERT_TRUE_FATAL(start());
    int64_t other = challenge(second, 1, false);
    snprintf(needs, sizeof(needs), "%lld|preview", (long long)other);
    static const struct {
        enum content_key key;
        const char *text;
    } rows[] = {{KEY_CATEGORY, "wg"},     {KEY_DESCRIPTION, "a\n\tb \xE2\x82\xAC"},
                {KEY_ATTRIBUTION, "by"},  {KEY_TYPE, "standard"},
                {KEY_VALUE, "40"},        {KEY_STATE, "hidden"},
                {KEY_ATTEMPTS, "3"},      {KEY_LOGIC, "all"},
                {KEY_FUNCTION, "linear"}, {KEY_INITIAL, "40"},
                {KEY_MINIMUM, "10"},      {KEY_DECAY, "5"},
                {KEY_POSITION, "7"},      {KEY_CONNECTION_INFO, "nc 1 2"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        content_set(&want, rows[i].key, rows[i].text);
    content_set(&want, KEY_NAME, fresh("content", first));
    content_set(&want, KEY_REQUIREMENTS, needs);
    content_set_number(&want, KEY_NEXT, other);
    unsigned known = board.driver->content_keys(board.state, false);
    CU_ASSERT_EQUAL_FATAL(board.driver->challenge_create(board.state, &want, known, &id, &err), BOARD_OK);
    read_content(id, &got);
    for (unsigned i = 0; i < CONTENT_KEYS; i++)
        if (known >> i & 1 && want.key[i])
            CU_ASSERT_STRING_EQUAL(got.key[i] ? got.key[i] : "(none)", want.key[i]);
    content_set(&want, KEY_REQUIREMENTS, "");
    content_set(&want, KEY_NEXT, "");
    content_set(&want, KEY_CONNECTION_INFO, "");
    content_set(&want, KEY_CATEGORY, "not sent");
    unsigned mask = 1U << KEY_REQUIREMENTS | 1U << KEY_NEXT | 1U << KEY_CONNECTION_INFO;
    CU_ASSERT_EQUAL(board.driver->challenge_patch(board.state, id, &want, mask, &err), BOARD_OK);
    read_content(id, &got);
    CU_ASSERT_TRUE(content_same(got.key[KEY_REQUIREMENTS], "") && content_same(got.key[KEY_NEXT], ""));
    CU_ASSERT_TRUE(content_same(got.key[KEY_CONNECTION_INFO], ""));
    CU_ASSERT_STRING_EQUAL(got.key[KEY_CATEGORY], "wg");
    CU_ASSERT_EQUAL(board.driver->challenge_remove(board.state, id, &err), BOARD_OK);
    CU_ASSERT_EQUAL(board.driver->challenge_remove(board.state, id, &err), BOARD_NONE);
    content_free(&want);
    content_free(&got);
    scoreboard_close(&board);
}

/* A file with these bytes; the name is put into path. */
static void write_file(char path[40], const char *bytes)
{
    snprintf(path, 40, "/tmp/wiregrade-part-XXXXXX");
    int fd = mkstemp(path);

    CU_ASSERT_TRUE_FATAL(fd >= 0 && write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
    close(fd);
}

static void parts_are_made_changed_and_removed(void)
{
    char name[64], path[40], root[] = "/tmp", needs[32];
    struct board_content got = {.n = 0};
    struct err err = {.text = ""};

    CU_ASSERT_TRUE_FATAL(start());
    int64_t id = challenge(name, 1, false);
    write_file(path, "one");
    struct board_record flag = {RECORD_FLAG, 0, {"f", "regex", "case_insensitive"}},
                        tag = {RECORD_TAG, 0, {"t"}}, topic = {RECORD_TOPIC, 0, {"wg topic"}},
                        hint = {RECORD_HINT, 0, {"h", "H", "5", ""}},
                        after = {RECORD_HINT, 0, {"i", "", "0", needs}},
                        solution = {RECORD_SOLUTION, 0, {"s", "solved"}},
                        file = {RECORD_FILE, 0, {"name.txt", NULL, path, root}};
    struct board_record *const all[] = {&flag, &tag, &topic, &hint, &file, &solution};
    size_t n = board.driver->record_fields(board.state, RECORD_SOLUTION) ? 6 : 5; /* since CTFd 3.8.0 */
    for (size_t i = 0; i < n; i++)
        make_part(id, all[i]);
    read_content(id, &got);
    CU_ASSERT_EQUAL(got.n, n);
    for (size_t i = 0; i < n; i++) {
        const struct board_record *there = part(&got, all[i]->kind, all[i]->field[0]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(there);
        if (all[i] != &file)
            CU_ASSERT_EQUAL(
                content_differs(there, all[i], board.driver->record_fields(board.state, all[i]->kind)), 0);
    }
    CU_ASSERT_STRING_EQUAL(part(&got, RECORD_FILE, "name.txt")->field[1],
                           "fe05bcdcdc4928012781a5f1a2a77cbb5398e106"); /* of "one" */
    snprintf(needs, sizeof(needs), "%lld", (long long)part(&got, RECORD_HINT, "h")->id);
    make_part(id, &after);
    unlink(path);
    write_file(path, "two");
    const struct board_record *old = part(&got, RECORD_FILE, "name.txt");
    int64_t number = old->id;
    CU_ASSERT_EQUAL(board.driver->record_change(board.state, id, old, &file, 2, &err), BOARD_OK);
    hint.field[0] = "other";
    hint.field[2] = "9";
    old = part(&got, RECORD_HINT, "h");
    CU_ASSERT_EQUAL(board.driver->record_change(board.state, id, old, &hint, 1, &err), BOARD_OK);
    read_content(id, &got);
    CU_ASSERT_EQUAL(part(&got, RECORD_FILE, "name.txt")->id, number);
    CU_ASSERT_STRING_EQUAL(part(&got, RECORD_FILE, "name.txt")->field[1],
                           "ad782ecdac770fc6eb9a62e44f90873fb97fb26b"); /* of "two" */
    CU_ASSERT_EQUAL(got.n, n + 1);
    CU_ASSERT_STRING_EQUAL(part(&got, RECORD_HINT, "other")->field[2], "5");
    CU_ASSERT_STRING_EQUAL(part(&got, RECORD_HINT, "i")->field[3], needs);
    for (size_t i = 0; i < got.n; i++)
        for (int twice = 0; twice < 2; twice++)
            CU_ASSERT_EQUAL(board.driver->record_remove(board.state, &got.records[i], &err), BOARD_OK);
    read_content(id, &got);
    CU_ASSERT_EQUAL(got.n, 0);
    unlink(path);
    content_free(&got);
    scoreboard_close(&board);
}

static void a_wrong_token_needs_a_person(void)
{
    char path[] = "/tmp/wiregrade-token-XXXXXX";
    int fd = mkstemp(path);
    struct board_options options = {.url = getenv("WIREGRADE_CTFD_URL"), .token_file = path};
    struct err err;

    CU_ASSERT_TRUE_FATAL(fd >= 0 && write(fd, "ctfd_0000\n", 10) == 10);
    close(fd);
    CU_ASSERT_EQUAL_FATAL(scoreboard_open(&board, &options, &err), ST_OK);
    CU_ASSERT_EQUAL(board.driver->kind(board.state, &kind, &err), BOARD_PERSON);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "refused"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_PTR_NULL(strstr(err.text, "ctfd_0000"));
    scoreboard_close(&board);
    unlink(path);
}

static const struct unit_case cases[] = {
    {"challenges_are_found_by_their_whole_name", challenges_are_found_by_their_whole_name},
    {"two_of_one_name_are_many", two_of_one_name_are_many},
    {"users_are_found_by_their_whole_name_or_address", users_are_found_by_their_whole_name_or_address},
    {"a_solve_counts_once", a_solve_counts_once},
    {"a_solve_is_listed_and_taken_back_once", a_solve_is_listed_and_taken_back_once},
    {"a_solve_of_what_is_not_there_is_unclear", a_solve_of_what_is_not_there_is_unclear},
    {"all_of_a_challenge_comes_back", all_of_a_challenge_comes_back},
    {"parts_are_made_changed_and_removed", parts_are_made_changed_and_removed},
    {"a_wrong_token_needs_a_person", a_wrong_token_needs_a_person},
};
static const struct unit_group contract = {cases, sizeof(cases) / sizeof(cases[0])};

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&contract};

    return unit_main(argc, argv, groups, 1);
}
