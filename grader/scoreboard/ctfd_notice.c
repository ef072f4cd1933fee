#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"
#include "json/write.h"

/* GET /notifications (CTFd 3.8.7) is not paginated; a filter that CTFd does not know is ignored by it. */
static enum board_result is_there(struct ctfd *ctfd, int64_t user, const char *title, const char *text,
                                  bool *there, struct err *err)
{
    struct ctfd_request request;
    char path[80];

    snprintf(path, sizeof(path), "/api/v1/notifications?user_id=%" PRId64, user);
    enum board_result result = ctfd_request_get(ctfd, path, &request, err);
    for (const struct json *e = json_first(request.data); result == BOARD_OK && !*there && e;
         e = json_next(e))
        *there = member_number(e, "user_id") == user && strcmp(member_text(e, "title"), title) == 0 &&
                 strcmp(member_text(e, "content"), text) == 0;
    ctfd_request_done(&request);
    return result;
}

enum board_result ctfd_user_notify(void *state, int64_t user, const char *title, const char *text,
                                   struct err *err)
{
    struct json_writer w;
    struct buf body;
    bool there = false;
    int64_t id = 0;

    enum board_result result = is_there(state, user, title, text, &there, err);
    if (result != BOARD_OK || there)
        return result;
    buf_init(&body, 1 << 16);
    w = (struct json_writer){.out = &body};
    json_open_object(&w, NULL);
    json_put_text(&w, "title", title);
    json_put_text(&w, "content", text);
    json_put_text(&w, "type", "toast"); /* not "alert", which everybody would have to close */
    json_put_bool(&w, "sound", false);
    json_put_int(&w, "user_id", user);
    json_close_object(&w);
    return ctfd_send(state, "POST", "/api/v1/notifications", &body, &id, err);
}
