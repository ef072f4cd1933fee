/* The parts of a challenge, each kind in a list of its own under /api/v1 (CTFd 3.8.7). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/beneath.h"
#include "base/str.h"
#include "digest/sha1.h"
#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"
#include "json/write.h"

enum { BODY_MAX = 1 << 20, FILE_MAX = 16 << 20, SINCE_TITLE = 30707, SINCE_SOLUTION = 30800 };

/* ADD A KIND OF PART HERE: its list, and its members by field; "#" before a name: a number */
static const struct {
    const char *list, *field[RECORD_FIELDS];
} kinds[RECORD_KINDS] = {
    [RECORD_FLAG] = {"flags", {"content", "type", "data"}},
    [RECORD_TAG] = {"tags", {"value"}},
    [RECORD_TOPIC] = {"topics", {"value"}},
    [RECORD_HINT] = {"hints", {"content", "title", "#cost", "requirements"}},
    [RECORD_FILE] = {"files", {"location", "sha1sum"}},
    [RECORD_SOLUTION] = {"solutions", {"content", "state"}},
};

unsigned ctfd_record_fields(void *state, enum record_kind kind)
{
    const struct ctfd *ctfd = state;

    switch (kind) {
    case RECORD_FLAG:
        return 7;
    case RECORD_TAG:
    case RECORD_TOPIC:
        return 1;
    case RECORD_HINT:
        return ctfd->version >= SINCE_TITLE ? 15 : 13;
    case RECORD_FILE:
        return 3;
    case RECORD_SOLUTION:
        return ctfd->version >= SINCE_SOLUTION ? 3 : 0;
    case RECORD_KINDS:
        break;
    }
    return 0;
}

/* Of what is stored there, by fetching it; NULL when it cannot be had, and is then written anew. */
static const char *sum_of(struct ctfd *ctfd, const char *location, char out[SHA1_TEXT_SIZE])
{
    char path[512];
    struct http_answer answer;
    const char *sum = NULL;

    http_answer_init(&answer);
    if (snprintf(path, sizeof(path), "/files/%s", location) < (int)sizeof(path)) {
        http_request(ctfd->http, "GET", path, NULL, &answer);
        if (answer.outcome == HTTP_ANSWERED && answer.status == 200)
            sum = sha1_text(buf_text(&answer.body), answer.body.len, out);
    }
    http_answer_done(&answer);
    return sum;
}

/* "<32 hex>/name": what is compared is the name; the whole is kept to write to the same place again. */
static void add_file(struct ctfd *ctfd, const struct json *e, struct board_content *out)
{
    const char *location = member_text(e, "location"), *slash = strrchr(location, '/');
    const char *sum = json_text(json_get(e, "sha1sum"));
    char fetched[SHA1_TEXT_SIZE];

    if (!sum) /* CTFd 3.7.3 and older do not tell it here; null of what was uploaded before it was kept */
        sum = sum_of(ctfd, location, fetched);
    content_add(out, RECORD_FILE, member_number(e, "id"), slash ? slash + 1 : location, sum, location, NULL);
}

static void add(struct ctfd *ctfd, const struct json *e, enum record_kind kind, struct board_content *out)
{
    char cost[32];
    char *needs = NULL;

    if (kind == RECORD_FILE) {
        add_file(ctfd, e, out);
        return;
    }
    if (kind == RECORD_HINT) {
        snprintf(cost, sizeof(cost), "%" PRId64, member_number(e, "cost"));
        needs = ctfd_requirements_text(json_get(e, "requirements"));
        out->failed = out->failed || !needs;
        content_add(out, kind, member_number(e, "id"), member_text(e, "content"), member_text(e, "title"),
                    cost, needs);
        free(needs);
        return;
    }
    const char *field[RECORD_FIELDS] = {NULL};
    for (size_t i = 0; i < RECORD_FIELDS && kinds[kind].field[i]; i++)
        field[i] = member_text(e, kinds[kind].field[i]);
    content_add(out, kind, member_number(e, "id"), field[0], field[1], field[2], field[3]);
}

enum board_result ctfd_records_read(struct ctfd *ctfd, int64_t challenge, enum record_kind kind,
                                    struct board_content *out, struct err *err)
{
    struct ctfd_request request;
    char path[96];

    /* CTFd tells even administrators no number of a hidden solution but in the list of all */
    if (kind == RECORD_SOLUTION)
        snprintf(path, sizeof(path), "/api/v1/solutions");
    else
        snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64 "/%s", challenge, kinds[kind].list);
    enum board_result result = ctfd_request_get(ctfd, path, &request, err);
    for (const struct json *e = json_first(request.data); result == BOARD_OK && e; e = json_next(e))
        if (kind != RECORD_SOLUTION || member_number(e, "challenge_id") == challenge)
            add(ctfd, e, kind, out);
    ctfd_request_done(&request);
    return result == BOARD_NONE ? BOARD_PERSON : result;
}

static void put_field(struct json_writer *w, const struct board_record *record, unsigned i)
{
    const char *name = kinds[record->kind].field[i], *text = record->field[i] ? record->field[i] : "";
    uint64_t n = 0;

    if (record->kind == RECORD_HINT && i == 3)
        ctfd_put_requirements(w, text);
    else if (name[0] == '#' && parse_u64(text, INT64_MAX, &n) == PARSE_OK)
        json_put_int(w, name + 1, (int64_t)n);
    else
        json_put_text(w, name, text);
}

static enum board_result send_record(struct ctfd *ctfd, const char *method, const char *path,
                                     int64_t challenge, const struct board_record *record, unsigned fields,
                                     int64_t *id, struct err *err)
{
    struct json_writer w;
    struct buf body;

    buf_init(&body, BODY_MAX);
    w = (struct json_writer){.out = &body};
    json_open_object(&w, NULL);
    if (challenge)
        json_put_int(&w, "challenge_id", challenge);
    /* without it CTFd makes a topic that belongs to nothing */
    if (record->kind == RECORD_TOPIC)
        json_put_text(&w, "type", "challenge");
    for (unsigned i = 0; i < RECORD_FIELDS && kinds[record->kind].field[i]; i++)
        if (fields >> i & 1)
            put_field(&w, record, i);
    json_close_object(&w);
    return ctfd_send(ctfd, method, path, &body, id, err);
}

/* location NULL: a new folder. */
static enum board_result upload(struct ctfd *ctfd, int64_t challenge, const struct board_record *record,
                                const char *location, int64_t *id, struct err *err)
{
    char number[32];
    struct buf bytes;
    struct ctfd_request request;
    const char *const fields[][2] = {{"challenge_id", number}, {"type", "challenge"}, {"location", location}};

    snprintf(number, sizeof(number), "%" PRId64, challenge);
    buf_init(&bytes, FILE_MAX);
    if (beneath_read(record->field[3], record->field[2], &bytes, err) != ST_OK) {
        buf_free(&bytes);
        return BOARD_WRONG;
    }
    const struct http_form form = {.fields = fields,
                                   .n_fields = location ? 3 : 2,
                                   .filename = record->field[0],
                                   .bytes = buf_text(&bytes),
                                   .len = bytes.len};
    enum board_result result = ctfd_request_upload(ctfd, "/api/v1/files", &form, &request, err);
    *id = member_number(json_first(request.data), "id");
    ctfd_request_done(&request);
    buf_free(&bytes);
    return result;
}

enum board_result ctfd_record_make(void *state, int64_t challenge, const struct board_record *record,
                                   int64_t *id, struct err *err)
{
    char path[32];

    if (record->kind == RECORD_FILE)
        return upload(state, challenge, record, NULL, id, err);
    snprintf(path, sizeof(path), "/api/v1/%s", kinds[record->kind].list);
    return send_record(state, "POST", path, challenge, record, ctfd_record_fields(state, record->kind), id,
                       err);
}

enum board_result ctfd_record_change(void *state, int64_t challenge, const struct board_record *there,
                                     const struct board_record *wanted, unsigned fields, struct err *err)
{
    char path[64];
    int64_t id = there->id;

    if (wanted->kind == RECORD_FILE) /* to the same place: the row keeps its number */
        return upload(state, challenge, wanted, there->field[2], &id, err);
    snprintf(path, sizeof(path), "/api/v1/%s/%" PRId64, kinds[wanted->kind].list, id);
    return send_record(state, "PATCH", path, 0, wanted, fields, &id, err);
}

enum board_result ctfd_record_remove(void *state, const struct board_record *there, struct err *err)
{
    struct ctfd_request request;
    char path[96];

    if (there->kind == RECORD_TOPIC) /* unlinks it; the topic itself may belong to others */
        snprintf(path, sizeof(path), "/api/v1/topics?type=challenge&target_id=%" PRId64, there->id);
    else
        snprintf(path, sizeof(path), "/api/v1/%s/%" PRId64, kinds[there->kind].list, there->id);
    enum board_result result = ctfd_request_write(state, "DELETE", path, NULL, NULL, NULL, &request, err);
    ctfd_request_done(&request);
    return result == BOARD_NONE ? BOARD_OK : result;
}
