/* What CTFd holds of a challenge: its keys in one object, and its parts in a list each. An older release
 * answers a key that it does not know with a bare 500, so that each has the release it came with. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"
#include "json/write.h"

enum { BODY_MAX = 1 << 20, UNKNOWN_SOLVES = -1 };

/* How a key's text stands in JSON. */
enum sent_as { FORM_TEXT, FORM_TEXT_OR_NULL, FORM_NUMBER, FORM_REQUIREMENTS, FORM_MEMBERS };

/* ADD A KEY HERE: by content_key; releases as 30801 for 3.8.1, of type standard and of type dynamic */
static const struct {
    const char *name;
    enum sent_as form;
    unsigned since, since_dynamic;
} keys[CONTENT_KEYS] = {
    [KEY_NAME] = {"name", FORM_TEXT, 0, 0},
    [KEY_CATEGORY] = {"category", FORM_TEXT, 0, 0},
    [KEY_DESCRIPTION] = {"description", FORM_TEXT, 0, 0},
    [KEY_ATTRIBUTION] = {"attribution", FORM_TEXT, 30704, 30704},
    [KEY_CONNECTION_INFO] = {"connection_info", FORM_TEXT_OR_NULL, 0, 0},
    [KEY_TYPE] = {"type", FORM_TEXT, 0, 0},
    [KEY_VALUE] = {"value", FORM_NUMBER, 0, 0},
    [KEY_STATE] = {"state", FORM_TEXT, 0, 0},
    [KEY_ATTEMPTS] = {"max_attempts", FORM_NUMBER, 0, 0},
    [KEY_LOGIC] = {"logic", FORM_TEXT, 30800, 30800},
    [KEY_FUNCTION] = {"function", FORM_TEXT, 30801, 0},
    [KEY_INITIAL] = {"initial", FORM_NUMBER, 30801, 0},
    [KEY_MINIMUM] = {"minimum", FORM_NUMBER, 30801, 0},
    [KEY_DECAY] = {"decay", FORM_NUMBER, 30801, 0},
    [KEY_POSITION] = {"position", FORM_NUMBER, 30803, 30803},
    [KEY_REQUIREMENTS] = {"requirements", FORM_REQUIREMENTS, 0, 0},
    [KEY_NEXT] = {"next_id", FORM_NUMBER, 0, 0},
    [KEY_EXTRA] = {"", FORM_MEMBERS, 0, 0}, /* beside the others, under their own names */
};

unsigned ctfd_content_keys(void *state, bool dynamic)
{
    const struct ctfd *ctfd = state;
    unsigned known = 0;

    for (unsigned i = 0; i < CONTENT_KEYS; i++)
        if (ctfd->version >= (dynamic ? keys[i].since_dynamic : keys[i].since))
            known |= 1U << i;
    return known;
}

enum board_result ctfd_challenge_each(void *state, bool (*row)(const struct board_listed *row, void *context),
                                      void *context, struct err *err)
{
    struct ctfd_request request;
    bool more = true;
    enum board_result result = ctfd_request_get(state, "/api/v1/challenges?view=admin", &request, err);

    for (const struct json *e = json_first(request.data); result == BOARD_OK && more && e; e = json_next(e)) {
        struct board_listed listed = {.id = member_number(e, "id"), .name = member_text(e, "name")};
        /* null where the scoreboard hides its scores */
        if (!json_int(json_get(e, "solves"), &listed.solves))
            listed.solves = UNKNOWN_SOLVES;
        more = row(&listed, context);
    }
    ctfd_request_done(&request);
    return result == BOARD_NONE ? BOARD_PERSON : result;
}

static void put_number(struct json_writer *w, const char *key, const char *text)
{
    uint64_t n;

    if (parse_u64(text, INT64_MAX, &n) == PARSE_OK)
        json_put_int(w, key, (int64_t)n);
    else
        json_put_null(w, key);
}

static void put_members(struct json_writer *w, const char *text)
{
    struct json *object = json_parse(text, strlen(text), NULL);

    for (const struct json *e = json_first(object); e; e = json_next(e))
        json_put_copy(w, json_key(e), e);
    json_free(object);
}

static enum board_result send_keys(struct ctfd *ctfd, const char *method, const char *path,
                                   const struct board_content *content, unsigned mask, int64_t *id,
                                   struct err *err)
{
    struct json_writer w;
    struct buf body;

    buf_init(&body, BODY_MAX);
    w = (struct json_writer){.out = &body};
    json_open_object(&w, NULL);
    for (unsigned i = 0; i < CONTENT_KEYS; i++) {
        const char *text = content->key[i];
        if (!(mask >> i & 1) || !text)
            continue;
        if (keys[i].form == FORM_NUMBER)
            put_number(&w, keys[i].name, text);
        else if (keys[i].form == FORM_REQUIREMENTS)
            ctfd_put_requirements(&w, text);
        else if (keys[i].form == FORM_MEMBERS)
            put_members(&w, text);
        else if (keys[i].form == FORM_TEXT_OR_NULL && !text[0])
            json_put_null(&w, keys[i].name);
        else
            json_put_text(&w, keys[i].name, text);
    }
    json_close_object(&w);
    return ctfd_send(ctfd, method, path, &body, id, err);
}

enum board_result ctfd_challenge_create(void *state, const struct board_content *content, unsigned mask,
                                        int64_t *id, struct err *err)
{
    return send_keys(state, "POST", "/api/v1/challenges", content, mask, id, err);
}

enum board_result ctfd_challenge_patch(void *state, int64_t id, const struct board_content *content,
                                       unsigned mask, struct err *err)
{
    char path[64];

    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64, id);
    return send_keys(state, "PATCH", path, content, mask, &id, err);
}

enum board_result ctfd_challenge_remove(void *state, int64_t id, struct err *err)
{
    struct ctfd_request request;
    char path[64];

    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64, id);
    enum board_result result = ctfd_request_write(state, "DELETE", path, NULL, NULL, NULL, &request, err);
    ctfd_request_done(&request);
    return result;
}

static void read_keys(const struct json *data, struct board_content *out)
{
    for (unsigned i = 0; i < CONTENT_KEYS; i++) {
        const struct json *member = json_get(data, keys[i].name);
        int64_t n;
        if (json_text(member))
            content_set(out, (enum content_key)i, json_text(member));
        else if (json_int(member, &n))
            content_set_number(out, (enum content_key)i, n);
    }
    /* of a plugin's keys nobody here knows which are settings: content_settle_extra chooses */
    struct buf text;
    struct json_writer w = {.out = &text};
    buf_init(&text, BODY_MAX);
    json_put_copy(&w, NULL, data);
    content_set(out, KEY_EXTRA, text.failed ? NULL : buf_text(&text));
    buf_free(&text);
}

static enum board_result read_requirements(struct ctfd *ctfd, int64_t id, struct board_content *out,
                                           struct err *err)
{
    struct ctfd_request request;
    char path[64];

    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64 "/requirements", id);
    enum board_result result = ctfd_request_get(ctfd, path, &request, err);
    /* a challenge without any is answered with null, which elsewhere means that nothing answered */
    bool null = json_is_null(request.data) && member_true(request.root, "success");
    if (result == BOARD_OK || null) {
        char *text = ctfd_requirements_text(request.data);
        content_set(out, KEY_REQUIREMENTS, text ? text : "");
        free(text);
        result = BOARD_OK;
    }
    ctfd_request_done(&request);
    return result;
}

enum board_result ctfd_challenge_content(void *state, int64_t id, struct board_content *out, struct err *err)
{
    bool some[RECORD_KINDS] = {[RECORD_FLAG] = true, [RECORD_TOPIC] = true, [RECORD_SOLUTION] = true};
    struct ctfd_request request;
    char path[64];

    snprintf(path, sizeof(path), "/api/v1/challenges/%" PRId64, id);
    enum board_result result = ctfd_request_get(state, path, &request, err);
    if (result == BOARD_OK) {
        read_keys(request.data, out);
        some[RECORD_TAG] = json_first(json_get(request.data, "tags")) != NULL;
        some[RECORD_HINT] = json_first(json_get(request.data, "hints")) != NULL;
        some[RECORD_FILE] = json_first(json_get(request.data, "files")) != NULL;
    }
    ctfd_request_done(&request);
    if (result == BOARD_OK)
        result = read_requirements(state, id, out, err);
    for (unsigned kind = 0; result == BOARD_OK && kind < RECORD_KINDS; kind++)
        if (some[kind] && ctfd_record_fields(state, (enum record_kind)kind))
            result = ctfd_records_read(state, id, (enum record_kind)kind, out, err);
    if (result == BOARD_OK && out->failed) {
        err_memory(err);
        result = BOARD_LATER;
    }
    return result;
}
