/* What the page shows to one student, and CTFd's API does not tell. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "board/account.h"
#include "board/endpoints.h"
#include "board/markdown.h"
#include "board/owned.h"
#include "board/require.h"
#include "board/standing.h"
#include "board/tries.h"
#include "explain/challenge_fill.h"

bool mine_put_html(struct call *c, const char *key, const char *text)
{
    struct buf html;

    buf_init(&html, 1024 * 1024);
    bool ok = markdown_html(&html, text);
    if (ok)
        json_put_text(&c->out, key, buf_text(&html));
    else
        c->failed = true;
    buf_free(&html);
    return ok;
}

/* How the briefing is reached, and the PIN that is asked for there. */
static void put_briefing(struct call *c, const char *handle)
{
    const struct class *class = answers_class(c->board->answers);
    char target[IPADDR_TEXT_SIZE], text[64], pin[PIN_SIZE];

    snprintf(text, sizeof(text), "nc %s %u", ipaddr_text(class->target, target), (unsigned)class->briefing);
    json_put_text(&c->out, "briefing", text);
    if (handle && answers_pin(c->board->answers, handle, pin))
        json_put_text(&c->out, "pin", pin);
    explicit_bzero(pin, sizeof(pin));
}

/* GET /mine: who the caller is to the targets, and his points with what hints have cost. */
void mine_get(struct call *c)
{
    char handle[NAME_MAX_LEN + 1];

    call_open_data(c);
    json_put_int(&c->out, "score", standing_score(c, c->board->teams, account_of(c), false));
    bool known = owned_handle(c, handle);
    if (known)
        json_put_text(&c->out, "handle", handle);
    if (c->board->answers)
        put_briefing(c, known ? handle : NULL);
    call_close_data(c);
}

struct own_shown {
    struct json_writer *w;
    const struct rules *rules;
    const char *student;
};

/* The class's values stand in the text. */
static void put_value(void *context, const char *field, uint64_t value)
{
    struct own_shown *v = context;
    char text[FIELD_TEXT_SIZE];

    (void)value;
    if (rules_value_text(v->rules, field, "", text) || !rules_value_text(v->rules, field, v->student, text))
        return;
    json_open_object(v->w, NULL);
    json_put_text(v->w, "field", field);
    json_put_text(v->w, "value", text);
    json_close_object(v->w);
}

/* What the target would tell him of this challenge, at the briefing or on his listener. */
static void put_own(struct call *c, const struct rules *rules)
{
    char handle[NAME_MAX_LEN + 1];
    struct own_shown values = {&c->out, rules, handle};

    if (!rules || !owned_handle(c, handle))
        return;
    json_open_array(&c->out, "values");
    rules_each_value(rules, handle, put_value, &values);
    json_close_array(&c->out);
    tries_put(&c->out, "tries", answers_class(c->board->answers), rules, handle);
}

/* "flag" or "answer": what is entered here; "" when nothing could be right. */
static const char *form_of(struct call *c, int64_t id, const struct challenge *challenge)
{
    if (!call_number(c, "SELECT count(*) FROM flags WHERE challenge_id = ?1", "i", id))
        return "";
    bool wire =
        challenge
            ? challenge->target.kind != TARGET_NONE
            : call_number(c, "SELECT count(*) FROM flags WHERE challenge_id = ?1 AND content LIKE '%{%'", "i",
                          id) > 0;
    return wire ? "flag" : "answer";
}

static void put_form(struct call *c, int64_t id, const struct challenge *challenge, int64_t tries)
{
    json_put_text(&c->out, "form", form_of(c, id, challenge));
    if (tries <= 0)
        return;
    int64_t wrong =
        call_number(c,
                    ACCOUNT_SQL(c, "SELECT count(*) FROM submissions WHERE challenge_id = ?1 AND ",
                                " = ?2 AND type = 'incorrect'"),
                    "ii", id, account_of(c));
    json_put_int(&c->out, "left", wrong < tries ? tries - wrong : 0);
}

/* The text, with his own handle where the scoreboard's says to everybody how to find it out. */
static void put_text(struct call *c, const char *text)
{
    char handle[NAME_MAX_LEN + 1], nobody[CHALLENGE_NOBODY_SIZE];
    struct buf own;

    if (!c->board->answers || !owned_handle(c, handle)) {
        mine_put_html(c, "html", text);
        return;
    }
    challenge_fill_nobody(answers_class(c->board->answers), nobody);
    buf_init(&own, 1024 * 1024);
    for (const char *at; (at = strstr(text, nobody)); text = at + strlen(nobody)) {
        buf_add(&own, text, (size_t)(at - text));
        buf_puts(&own, handle);
    }
    buf_puts(&own, text);
    c->failed = c->failed || own.failed;
    mine_put_html(c, "html", buf_text(&own));
    buf_free(&own);
}

/* GET /mine/<id>: the text as HTML, what is entered and how often still, the caller's own values and tries.
 */
void mine_challenge(struct call *c)
{
    struct query *q =
        call_query(c,
                   "SELECT coalesce(description, ''), coalesce(requirements, ''), name, max_attempts"
                   " FROM challenges WHERE id = ?1 AND (state = 'visible' OR ?2)",
                   "ii", call_id(c, 0), (int64_t)c->me.admin);

    if (!query_next(q)) {
        call_not_found(c);
    } else if (require_of(c, row_text(q, 1)) != REQUIRE_MET) {
        call_forbidden(c);
    } else {
        const struct challenge *challenge =
            c->board->answers ? answers_challenge(c->board->answers, row_text(q, 2)) : NULL;
        call_open_data(c);
        put_text(c, row_text(q, 0));
        put_form(c, call_id(c, 0), challenge, row_int(q, 3));
        if (challenge)
            put_own(c, answers_rules(c->board->answers, challenge));
        call_close_data(c);
    }
    call_done(c, q);
}
