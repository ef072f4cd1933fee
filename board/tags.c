/* Tags and topics: words on a challenge. Topics are shared, tags are not. */
#include <string.h>

#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"

enum { ID, CHALLENGE, VALUE };

static void put_tag(struct call *c, struct db_query *q, bool listed)
{
    (void)listed;
    json_put_int(&c->out, "id", db_int(q, ID));
    call_put_number(c, "challenge_id", q, CHALLENGE);
    call_put_number(c, "challenge", q, CHALLENGE);
    call_put_column(c, "value", q, VALUE);
}

static const struct record tags = {
    .table = "tags",
    .columns = "id, challenge_id, value",
    .set = (const struct record_column[]){{"challenge_id", RECORD_NUMBER, 0}, {"value", RECORD_TEXT, 80}},
    .n_set = 2,
    .filters = (const char *const[]){"challenge_id", "value", NULL},
    .search = (const struct listing_field[]){{"challenge_id", true}, {"value", false}, {NULL, false}},
    .put = put_tag,
};

void tags_list(struct call *c)
{
    record_list(c, &tags);
}

void tags_of_challenge(struct call *c)
{
    record_of_challenge(c, &tags);
}

void tags_get(struct call *c)
{
    record_get(c, &tags);
}

void tags_create(struct call *c)
{
    record_create(c, &tags);
}

void tags_update(struct call *c)
{
    record_update(c, &tags);
}

void tags_delete(struct call *c)
{
    record_delete(c, &tags);
}

static void put_topic(struct call *c, struct db_query *q, bool listed)
{
    (void)listed;
    json_put_int(&c->out, "id", db_int(q, 0));
    call_put_column(c, "value", q, 1);
}

static const struct record topics = {
    .table = "topics",
    .columns = "id, value",
    .set = (const struct record_column[]){{"value", RECORD_TEXT, 255}},
    .n_set = 1,
    .filters = (const char *const[]){"value", NULL},
    .search = (const struct listing_field[]){{"value", false}, {NULL, false}},
    .put = put_topic,
};

void topics_list(struct call *c)
{
    record_list(c, &topics);
}

void topics_get(struct call *c)
{
    record_get(c, &topics);
}

void topics_delete(struct call *c)
{
    record_delete(c, &topics);
}

#define LINKS                                                                                                \
    "SELECT l.id, l.challenge_id, l.topic_id, t.value FROM challenge_topics l JOIN topics t ON t.id = "      \
    "l.topic_id"

/* Of a challenge: the link's number, and the word. */
void topics_of_challenge(struct call *c)
{
    struct db_query *q = call_query(c, LINKS " WHERE l.challenge_id = ?1 ORDER BY l.id", "i", call_id(c, 0));

    call_open(c);
    json_open_array(&c->out, "data");
    while (call_row(c, q)) {
        json_open_object(&c->out, NULL);
        json_put_int(&c->out, "id", db_int(q, 0));
        call_put_number(c, "challenge_id", q, 1);
        call_put_number(c, "topic_id", q, 2);
        call_put_column(c, "value", q, 3);
        json_close_object(&c->out);
    }
    json_close_array(&c->out);
    call_close(c);
    db_finish(q);
}

static void refuse(struct call *c)
{
    /* CTFd 3.8.7 answers so, without saying why */
    call_error_list(c, "", "");
    buf_clear(&c->reply->body);
    buf_puts(&c->reply->body, "{\"success\":false}\n");
}

static void answer_link(struct call *c, int64_t id)
{
    struct db_query *q = call_query(c, LINKS " WHERE l.id = ?1", "i", id);

    call_row(c, q);
    call_open(c);
    json_open_object(&c->out, "data");
    json_put_int(&c->out, "id", id);
    call_put_number(c, "challenge_id", q, 1);
    call_put_number(c, "challenge", q, 1);
    call_put_number(c, "topic_id", q, 2);
    call_put_number(c, "topic", q, 2);
    json_close_object(&c->out);
    call_close(c);
    db_finish(q);
}

void topics_create(struct call *c)
{
    char scratch[2][40];
    const char *value = NULL, *type = NULL;
    int64_t challenge = 0, topic = 0;

    if (!call_body(c))
        return;
    body_text(c->body, "value", &value, scratch[0]);
    body_text(c->body, "type", &type, scratch[1]);
    body_int(c->body, "challenge_id", &challenge);
    body_int(c->body, "topic_id", &topic);
    if (!type || strcmp(type, "challenge") != 0) {
        refuse(c);
        return;
    }
    if (!topic) {
        call_run(c, "INSERT OR IGNORE INTO topics (value) VALUES (?1)", "t", value);
        topic = call_number(c, 0, "SELECT id FROM topics WHERE value = ?1", "t", value);
    }
    if (call_run(c, "INSERT INTO challenge_topics (challenge_id, topic_id) VALUES (?1, ?2)", "zi", challenge,
                 topic))
        answer_link(c, db_last_id(c->board->db));
}

/* DELETE /topics?type=challenge&target_id=: the link goes, the word stays. */
void topics_unlink(struct call *c)
{
    const char *type = httpd_query(c->request, "type"), *target = httpd_query(c->request, "target_id");

    if (!type || strcmp(type, "challenge") != 0 || !target) {
        refuse(c);
        return;
    }
    call_run(c, "DELETE FROM challenge_topics WHERE id = CAST(?1 AS INTEGER)", "t", target);
    if (db_changes(c->board->db) > 0)
        call_success(c);
    else
        call_not_found(c);
}
