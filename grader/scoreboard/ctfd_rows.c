/* What students and staff entered there. CTFd lists rows in no order and has no "since"; new ones are mostly
 * on the last pages, so a walk goes backwards and may stop where nothing is new. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"

enum { ROW_PAGES_MAX = 20000 }; /* two million rows */

static const char *const types[] = {
    [BOARD_CORRECT] = "correct", [BOARD_INCORRECT] = "incorrect",     [BOARD_PARTIAL] = "partial",
    [BOARD_DISCARD] = "discard", [BOARD_RATELIMITED] = "ratelimited",
};

const char *ctfd_type_text(enum board_type type)
{
    return types[type];
}

/* CTFd 3.8.7, GET /statistics/submissions/type: one grouped count. A row whose type is null breaks lists. */
enum board_result ctfd_rows_count(void *state, struct board_tally *out, struct err *err)
{
    struct ctfd_request request;
    enum board_result result = ctfd_request_get(state, "/api/v1/statistics/submissions/type", &request, err);

    *out = (struct board_tally){.poisoned = 0};
    if (result == BOARD_OK) {
        for (size_t i = 0; i < BOARD_TYPES; i++)
            out->rows[i] = member_number(request.data, types[i]);
        out->poisoned = json_get(request.data, "null") != NULL; /* SQL counts them as 0 */
    }
    ctfd_request_done(&request);
    return result == BOARD_NONE ? BOARD_PERSON : result;
}

static void read_row(const struct json *json, enum board_type type, struct board_row *out)
{
    *out = (struct board_row){
        .id = member_number(json, "id"),
        .challenge = member_number(json, "challenge_id"),
        .user = member_number(json, "user_id"),
        .team = member_number(json, "team_id"),
        .value = member_number(json_get(json, "challenge"), "value"),
        .type = type,
    };
    snprintf(out->date, sizeof(out->date), "%s", member_text(json, "date"));
    snprintf(out->source, sizeof(out->source), "%s", member_text(json, "ip"));
    snprintf(out->user_name, sizeof(out->user_name), "%s", member_text(json_get(json, "user"), "name"));
    /* what does not fit is neither a flag nor a marker */
    if (!str_copy(out->provided, sizeof(out->provided), member_text(json, "provided")))
        out->provided[0] = '\0';
}

/* One page; *pages is how many there are, *fresh whether row said so of any. */
static enum board_result page_of(struct ctfd *ctfd, enum board_type type, int64_t page, int64_t *pages,
                                 bool *fresh, board_row_fn *row, void *context, struct err *err)
{
    struct ctfd_request request;
    char path[128];

    snprintf(path, sizeof(path), "/api/v1/submissions?type=%s&per_page=100&page=%" PRId64, types[type], page);
    enum board_result result = ctfd_request_get(ctfd, path, &request, err);
    if (result == BOARD_NONE && page > 1) /* the last ones went meanwhile; a 404 before 3.7.2 */
        result = BOARD_OK;
    if (pages && result == BOARD_OK)
        *pages = member_number(json_get(json_get(request.root, "meta"), "pagination"), "pages");
    for (const struct json *e = json_first(request.data); row && result == BOARD_OK && e; e = json_next(e)) {
        struct board_row read;
        if (strcmp(member_text(e, "type"), types[type]) != 0)
            continue;
        read_row(e, type, &read);
        *fresh = row(&read, context) || *fresh;
    }
    ctfd_request_done(&request);
    return result == BOARD_NONE ? BOARD_PERSON : result;
}

enum board_result ctfd_rows_each(void *state, enum board_type type, bool all, board_row_fn *row,
                                 void *context, struct err *err)
{
    int64_t pages = 0;
    bool fresh = true;

    enum board_result result = page_of(state, type, 1, &pages, NULL, NULL, NULL, err);
    if (result == BOARD_OK && pages > ROW_PAGES_MAX) {
        const struct ctfd *ctfd = state;
        err_set(err, ST_ENV,
                "%s: it has %" PRId64 " pages of %s submissions, and no more than %d are read; is that the "
                "scoreboard of this class?",
                http_base_url(ctfd->http), pages, types[type], ROW_PAGES_MAX);
        return BOARD_PERSON;
    }
    for (int64_t page = pages; result == BOARD_OK && page >= 1 && fresh; page--) {
        fresh = all;
        result = page_of(state, type, page, NULL, &fresh, row, context, err);
    }
    return result;
}

/* CTFd 3.8.7, GET /submissions/<id>. A type that is not known counts as incorrect. */
enum board_result ctfd_row_read(void *state, int64_t submission, struct board_row *out, struct err *err)
{
    enum board_type type = BOARD_INCORRECT;
    struct ctfd_request request;
    char path[64];

    snprintf(path, sizeof(path), "/api/v1/submissions/%" PRId64, submission);
    enum board_result result = ctfd_request_get(state, path, &request, err);
    for (int i = 0; i < BOARD_TYPES; i++)
        if (strcmp(member_text(request.data, "type"), types[i]) == 0)
            type = (enum board_type)i;
    read_row(request.data, type, out);
    ctfd_request_done(&request);
    if (result == BOARD_NONE)
        err_set(err, ST_NO, "the scoreboard has no submission number %" PRId64, submission);
    return result;
}

static bool is_correct(const struct json *data, const void *sent)
{
    (void)sent;
    return strcmp(member_text(data, "type"), "correct") == 0 && member_number(data, "id") > 0;
}

/* A new row with the old one's date; the old one becomes `discard`. 400 and 500 mean that there is a solve
 * already, or a fault. */
enum board_result ctfd_row_promote(void *state, int64_t submission, int64_t *fresh, struct err *err)
{
    struct ctfd_request request;
    char path[64];

    snprintf(path, sizeof(path), "/api/v1/submissions/%" PRId64, submission);
    enum board_result result =
        ctfd_request_write(state, "PATCH", path, "{\"type\":\"correct\"}", is_correct, NULL, &request, err);
    if (result == BOARD_OK)
        *fresh = member_number(request.data, "id");
    ctfd_request_done(&request);
    return result;
}

bool ctfd_has_patch_to_incorrect(const char *version)
{
    static const uint64_t since[] = {3, 8, 6};
    char part[8];

    for (size_t i = 0; i < 3; i++) {
        uint64_t n = 0;
        size_t len = strspn(version, "0123456789");
        if (len == 0 || len >= sizeof(part))
            return false;
        snprintf(part, sizeof(part), "%.*s", (int)len, version);
        if (parse_u64(part, 1000000, &n) != PARSE_OK)
            return false;
        if (n != since[i])
            return n > since[i];
        version += len;
        version += *version == '.';
    }
    return true;
}

/* Since 3.8.6 a solve that is set to `incorrect` is deleted with its record; where that is not known, or not
 * done, DELETE does the same. */
enum board_result ctfd_row_revoke(void *state, int64_t submission, struct err *err)
{
    struct ctfd_request request;
    char path[64];
    bool still = true;

    enum board_result result = ctfd_request_get(state, "/api/v1/configs/ctf_version", &request, err);
    bool patch = result == BOARD_OK && ctfd_has_patch_to_incorrect(member_text(request.data, "value"));
    ctfd_request_done(&request);
    if (result != BOARD_OK && result != BOARD_NONE)
        return result;
    snprintf(path, sizeof(path), "/api/v1/submissions/%" PRId64, submission);
    if (patch) {
        result =
            ctfd_request_write(state, "PATCH", path, "{\"type\":\"incorrect\"}", NULL, NULL, &request, err);
        still = result == BOARD_OK && strcmp(member_text(request.data, "type"), "correct") == 0;
        ctfd_request_done(&request);
    }
    return still ? ctfd_solve_remove(state, submission, err) : result;
}
