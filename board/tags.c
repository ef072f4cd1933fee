/* Tags and topics: words on a challenge. Topics are shared, tags are not. */
#include <string.h>

#include "board/body.h"
#include "board/endpoints.h"
#include "board/record.h"

enum { ID, CHALLENGE, VALUE };

static void put_tag(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, ID));
    call_put_number(c, "challenge_id", q, CHALLENGE);
    call_put_number(c, "challenge", q, CHALLENGE);
    call_put_column(c, "value", q, VALUE);
}

const struct record tags_record = {
    .table = "tags",
    .columns = "id, challenge_id, value",
    .set = (const struct record_column[]){{"challenge_id", RECORD_NUMBER, 0}, {"value", RECORD_TEXT, 80}},
    .n_set = 2,
    .filters = (const char *const[]){"challenge_id", "value", NULL},
    .search = (const struct listing_field[]){{"challenge_id", true}, {"value", false}, {NULL, false}},
    .put = put_tag,
};

static void put_topic(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_column(c, "value", q, 1);
}

const struct record topics_record = {
    .table = "topics",
    .columns = "id, value",
    .set = (const struct record_column[]){{"value", RECORD_TEXT, 255}},
    .n_set = 1,
    .filters = (const char *const[]){"value", NULL},
    .search = (const struct listing_field[]){{"value", false}, {NULL, false}},
    .put = put_topic,
};

#define LINKS                                                                                                \
    "SELECT l.id, l.challenge_id, l.topic_id, t.value FROM challenge_topics l JOIN topics t ON t.id = "      \
    "l.topic_id"

static void put_topic_of_challenge(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_number(c, "challenge_id", q, 1);
    call_put_number(c, "topic_id", q, 2);
    call_put_column(c, "value", q, 3);
}

/* Of a challenge: the link's number, and the word. */
void tags_topics_of_challenge(struct call *c)
{
    call_rows(c, call_query(c, LINKS " WHERE l.challenge_id = ?1 ORDER BY l.id", "i", call_id(c, 0)),
              put_topic_of_challenge);
}

static void refuse(struct call *c)
{
    /* CTFd 3.8.7 answers so, without saying why */
    call_error_list(c, "", "");
    buf_clear(&c->reply->body);
    buf_puts(&c->reply->body, "{\"success\":false}\n");
}

static void put_link(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_number(c, "challenge_id", q, 1);
    call_put_number(c, "challenge", q, 1);
    call_put_number(c, "topic_id", q, 2);
    call_put_number(c, "topic", q, 2);
}

void tags_topics_create(struct call *c)
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
        topic = call_number(c, "SELECT id FROM topics WHERE value = ?1", "t", value);
    }
    int64_t id =
        call_number(c, "INSERT INTO challenge_topics (challenge_id, topic_id) VALUES (?1, ?2) RETURNING id",
                    "zi", challenge, topic);
    call_row(c, call_query(c, LINKS " WHERE l.id = ?1", "i", id), put_link);
}

/* DELETE /topics?type=challenge&target_id=: the link goes, the word stays. */
void tags_topics_unlink(struct call *c)
{
    const char *type = httpd_query(c->request, "type"), *target = httpd_query(c->request, "target_id");

    if (!type || strcmp(type, "challenge") != 0 || !target) {
        refuse(c);
        return;
    }
    call_deleted(c, call_number(c, "DELETE FROM challenge_topics WHERE id = CAST(?1 AS INTEGER) RETURNING 1",
                                "t", target));
}
