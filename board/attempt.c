#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/clock.h"
#include "base/str.h"
#include "board/endpoints.h"

enum { PER_MINUTE = 10, MINUTE_US = 60 * 1000000, STORED_MAX = 4096 };

/* CTFd strips white space around what is submitted before it compares and stores it. */
static char *stripped(const char *text)
{
    text += strspn(text, " \t\r\n\v\f");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n\v\f", text[len - 1]))
        len--;
    return strndup(text, len);
}

/* Code points of UTF-8 that the JSON reader has checked; returns their number. out has room for each byte. */
static size_t decode(const char *text, wint_t *out)
{
    size_t n = 0;

    for (const unsigned char *p = (const unsigned char *)text; *p; n++) {
        unsigned more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
        wint_t c = more ? *p & (0x3fu >> more) : *p;
        p++;
        for (; more && *p; more--, p++)
            c = c << 6 | (*p & 0x3fu);
        out[n] = c;
    }
    return n;
}

/* Equal in length and in every code point, lower-cased when asked; after the lengths, in constant time. */
static bool same(const char *flag, const char *given, bool fold, locale_t locale)
{
    wint_t *a = calloc(strlen(flag) + 1, sizeof(*a)), *b = calloc(strlen(given) + 1, sizeof(*b));
    wint_t differ = 1;

    if (a && b) {
        size_t n = decode(flag, a);
        differ = n != decode(given, b);
        for (size_t i = 0; !differ && fold && i < n; i++) {
            a[i] = towlower_l(a[i], locale);
            b[i] = towlower_l(b[i], locale);
        }
        volatile wint_t seen = differ;
        for (size_t i = 0; !differ && i < n; i++)
            seen |= a[i] ^ b[i];
        differ = seen;
    }
    free(a);
    free(b);
    return differ == 0;
}

/* All flags are compared, whichever fits. */
static bool right(struct call *c, int64_t challenge, const char *given)
{
    struct db_query *q =
        call_query(c, "SELECT content, data FROM flags WHERE challenge_id = ?1", "i", challenge);
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    bool found = false;

    while (call_row(c, q)) {
        bool fold = locale && strcmp(db_text(q, 1), "case_insensitive") == 0;
        found |= same(db_text(q, 0), given, fold, locale);
    }
    if (locale)
        freelocale(locale);
    db_finish(q);
    return found;
}

static void tell(struct call *c, int status, const char *word, const char *message)
{
    call_open(c);
    json_open_object(&c->out, "data");
    json_put_text(&c->out, "status", word);
    json_put_text(&c->out, "message", message);
    json_close_object(&c->out);
    call_close(c);
    c->reply->status = status;
}

/* Cuts what is stored, at the beginning of a character: a student must not fill the disk with attempts. */
static void cut(char *text)
{
    size_t len = strlen(text);

    if (len <= STORED_MAX)
        return;
    for (len = STORED_MAX; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
        len--;
    text[len] = '\0';
}

static void record(struct call *c, int64_t challenge, char *given, const char *type)
{
    char peer[64];

    cut(given);

    call_run(c,
             "INSERT INTO submissions (challenge_id, user_id, team_id, ip, provided, type, date)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
             "iizttti", challenge, c->me.id, c->board->teams ? c->me.team : 0, httpd_peer(c->request, peer),
             given, type, clock_utc_us());
}

/* How many rows of this account; `since` in microseconds, 0 for ever; challenge 0 for all. */
static int64_t count(struct call *c, const char *type, int64_t challenge, int64_t since)
{
    return call_number(c, 0,
                       c->board->teams ? "SELECT count(*) FROM submissions WHERE team_id = ?1 AND type = ?2"
                                         " AND (?3 = 0 OR challenge_id = ?3) AND date >= ?4"
                                       : "SELECT count(*) FROM submissions WHERE user_id = ?1 AND type = ?2"
                                         " AND (?3 = 0 OR challenge_id = ?3) AND date >= ?4",
                       "itii", c->board->teams ? c->me.team : c->me.id, type, challenge, since);
}

/* Guessing: too fast over all challenges, or out of tries on this one. True when it was answered so. */
static bool limited(struct call *c, int64_t challenge, char *given, int64_t tries)
{
    int64_t zero = 0, minute_ago = clock_utc_us() - MINUTE_US;

    if (tries > 0 && count(c, "incorrect", challenge, zero) >= tries) {
        tell(c, 403, "ratelimited", "Not accepted. You have 0 tries remaining");
        return true;
    }
    if (count(c, "incorrect", 0, minute_ago) < PER_MINUTE)
        return false;
    if (count(c, "ratelimited", 0, minute_ago) < PER_MINUTE)
        record(c, challenge, given, "ratelimited"); /* CTFd has no such ceiling */
    tell(c, 429, "ratelimited", "You're submitting flags too fast. Try again in 60 seconds.");
    return true;
}

static void judge(struct call *c, int64_t challenge, char *given, int64_t tries)
{
    char message[80];

    if (limited(c, challenge, given, tries))
        return;
    bool correct = right(c, challenge, given);
    if (count(c, "correct", challenge, 0)) {
        snprintf(message, sizeof(message), "%s but you already solved this",
                 correct ? "Correct" : "Incorrect");
        tell(c, 200, "already_solved", message);
        return;
    }
    record(c, challenge, given, correct ? "correct" : "incorrect");
    if (correct) {
        tell(c, 200, "correct", "Correct");
        return;
    }
    int64_t left = tries - count(c, "incorrect", challenge, 0);
    snprintf(message, sizeof(message), "Incorrect. You have %lld %s remaining.", (long long)left,
             left == 1 ? "try" : "tries");
    tell(c, 200, "incorrect", tries > 0 ? message : "Incorrect");
}

/* ?preview=true by an administrator: tells, and stores nothing, whatever the state. */
static bool preview(struct call *c)
{
    const char *text = httpd_query(c->request, "preview");

    return c->me.admin && text && *text;
}

void challenges_attempt(struct call *c)
{
    int64_t id = -1, tries = 0;
    uint64_t n;

    if (!call_body(c))
        return;
    const struct json *number = json_get(c->body, "challenge_id");
    const char *submission = json_text(json_get(c->body, "submission"));
    if (!json_int(number, &id) && json_text(number) &&
        parse_u64(json_text(number), INT64_MAX, &n) == PARSE_OK)
        id = (int64_t)n;
    struct db_query *q = call_query(c, "SELECT state, max_attempts FROM challenges WHERE id = ?1", "i", id);
    bool there = call_row(c, q), hidden = there && strcmp(db_text(q, 0), "hidden") == 0,
         locked = there && strcmp(db_text(q, 0), "locked") == 0;
    if (there)
        tries = db_int(q, 1);
    db_finish(q);
    if (c->board->teams && !c->me.team && !preview(c)) {
        call_forbidden(c);
    } else if (!there || (hidden && !preview(c))) {
        call_not_found(c);
    } else if (locked && !preview(c)) {
        call_forbidden(c);
    } else if (!submission) {
        call_broken(c);
    } else {
        char *given = stripped(submission);
        if (!given)
            call_broken(c);
        else if (!preview(c))
            judge(c, id, given, tries);
        else if (right(c, id, given))
            tell(c, 200, "correct", "Correct");
        else
            tell(c, 200, "incorrect", "Incorrect");
        free(given);
    }
}
