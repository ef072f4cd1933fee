#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/clock.h"
#include "base/str.h"
#include "board/account.h"
#include "board/body.h"
#include "board/endpoints.h"
#include "board/owned.h"
#include "board/pattern.h"
#include "board/require.h"
#include "board/value.h"

enum { PER_MINUTE = 10, MINUTE_US = 60 * 1000000, STORED_MAX = 4096 };

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

/* How an answer is taken. */
enum outcome {
    OUTCOME_INCORRECT,
    OUTCOME_PARTIAL, /* right, and more of it is wanted */
    OUTCOME_CORRECT,
    OUTCOME_BROKEN, /* a regex flag that is none: CTFd says so */
};

/* One flag, in the present row of q: type, content, data. */
static enum outcome compare(struct query *q, const char *given, locale_t locale)
{
    bool fold = locale && strcmp(row_text(q, 2), "case_insensitive") == 0, broken = false;

    if (strcmp(row_text(q, 0), "regex") == 0)
        return pattern_matches(row_text(q, 1), given, fold, &broken) ? OUTCOME_CORRECT
               : broken                                              ? OUTCOME_BROKEN
                                                                     : OUTCOME_INCORRECT;
    return same(row_text(q, 1), given, fold, locale) ? OUTCOME_CORRECT : OUTCOME_INCORRECT;
}

/* Of the challenge's flags: how many fit what was given, and how many fit nothing that this account has ever
 * given. */
struct fit {
    size_t fitting, missing;
    bool broken;
};

/* earlier: a query of texts that were right in part, stepped anew for each flag; NULL for none. */
static struct fit fit_flags(struct call *c, int64_t challenge, const char *given, const char *earlier)
{
    struct query *q = call_query(
        c, "SELECT type, content, data FROM flags WHERE challenge_id = ?1 ORDER BY id", "i", challenge);
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    struct fit fit = {0};

    /* all are compared, whichever fits */
    while (query_next(q)) {
        enum outcome outcome = compare(q, given, locale);
        bool found = outcome == OUTCOME_CORRECT;
        fit.broken = fit.broken || (outcome == OUTCOME_BROKEN && !fit.fitting);
        fit.fitting += found;
        if (earlier && !found) {
            struct query *e = call_query(c, earlier, "ii", challenge, account_of(c));
            while (!found && query_next(e))
                found = compare(q, row_text(e, 0), locale) == OUTCOME_CORRECT;
            call_done(c, e);
        }
        fit.missing += !found;
    }
    if (locale)
        freelocale(locale);
    call_done(c, q);
    return fit;
}

/* Whether every member of the team has now given a right flag. */
static bool whole_team(struct call *c, int64_t challenge)
{
    return !call_number(
        c,
        "SELECT count(*) FROM users u WHERE u.team_id = ?1 AND u.id <> ?2 AND NOT EXISTS (SELECT 1"
        " FROM submissions s WHERE s.challenge_id = ?3 AND s.user_id = u.id AND s.team_id = ?1"
        " AND s.type = 'partial')",
        "iii", c->me.team, c->me.id, challenge);
}

/* As the challenge's logic wants it (CTFd 3.8.7, plugins/challenges/logic.py); so `all` without a flag takes
 * everything. */
static enum outcome weigh(struct call *c, int64_t challenge, const char *logic, const char *given)
{
    bool all = strcmp(logic, "all") == 0, team = strcmp(logic, "team") == 0 && c->board->teams;
    const char *earlier = ACCOUNT_SQL(
        c, "SELECT provided FROM submissions WHERE challenge_id = ?1 AND type = 'partial' AND ", " = ?2");
    struct fit fit = fit_flags(c, challenge, given, all ? earlier : NULL);

    if (fit.broken)
        return OUTCOME_BROKEN;
    if (all && !fit.missing)
        return OUTCOME_CORRECT;
    if (!fit.fitting)
        return OUTCOME_INCORRECT;
    return all || (team && !whole_team(c, challenge)) ? OUTCOME_PARTIAL : OUTCOME_CORRECT;
}

static void tell(struct call *c, int status, const char *word, const char *message)
{
    call_open_data(c);
    json_put_text(&c->out, "status", word);
    json_put_text(&c->out, "message", message);
    call_close_data(c);
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
    return call_number(c,
                       ACCOUNT_SQL(c, "SELECT count(*) FROM submissions WHERE ",
                                   " = ?1 AND type = ?2 AND (?3 = 0 OR challenge_id = ?3) AND date >= ?4"),
                       "itii", account_of(c), type, challenge, since);
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

static void tell_incorrect(struct call *c, int64_t challenge, int64_t tries, bool broken)
{
    char message[100];
    int64_t left = tries - count(c, "incorrect", challenge, 0);

    snprintf(message, sizeof(message), "Incorrect. You have %lld %s remaining.", (long long)left,
             left == 1 ? "try" : "tries");
    tell(c, 200, "incorrect", tries > 0 ? message : broken ? "Regex parse error occured" : "Incorrect");
}

/* The class's key decides about what has the form of a flag; the challenge's own flags about the rest. */
static enum outcome outcome_of(struct call *c, int64_t challenge, const char *logic, const char *given,
                               enum owned owned)
{
    if (owned == OWNED_UNKNOWN)
        return weigh(c, challenge, logic, given);
    return owned == OWNED_RIGHT ? OUTCOME_CORRECT : OUTCOME_INCORRECT;
}

static void judge(struct call *c, int64_t challenge, const char *logic, char *given, int64_t tries)
{
    static const char *const types[] = {"incorrect", "partial", "correct", "incorrect"};
    char said[OWNED_SAID];

    enum owned owned = owned_flag(c, challenge, given, said);
    if (owned == OWNED_ELSEWHERE) { /* no guess: nothing is counted */
        tell(c, 200, "incorrect", said);
        return;
    }
    if (limited(c, challenge, given, tries))
        return;
    enum outcome outcome = outcome_of(c, challenge, logic, given, owned);
    if (count(c, "correct", challenge, 0)) {
        tell(c, 200, "already_solved",
             outcome == OUTCOME_CORRECT ? "Correct but you already solved this"
                                        : "Incorrect but you already solved this");
        return;
    }
    record(c, challenge, given, types[outcome]);
    if (outcome == OUTCOME_CORRECT) {
        value_compute(c, challenge);
        tell(c, 200, "correct", "Correct");
    } else if (outcome == OUTCOME_PARTIAL) {
        tell(c, 200, "partial",
             strcmp(logic, "all") == 0 ? "Correct but more flags are required"
                                       : "Correct but all team members must submit a flag");
    } else if (said[0]) {
        tell(c, 200, "incorrect", said);
    } else {
        tell_incorrect(c, challenge, tries, outcome == OUTCOME_BROKEN);
    }
}

static void tell_only(struct call *c, int64_t challenge, const char *logic, const char *given)
{
    char said[OWNED_SAID];
    enum owned owned = owned_flag(c, challenge, given, said);
    enum outcome outcome = owned == OWNED_FOREIGN ? OUTCOME_CORRECT
                                                  : /* an administrator has none of his own */
                               outcome_of(c, challenge, logic, given, owned);

    if (outcome == OUTCOME_CORRECT)
        tell(c, 200, "correct", "Correct");
    else if (outcome == OUTCOME_PARTIAL)
        tell(c, 200, "partial", "Correct but more flags are required");
    else
        tell(c, 200, "incorrect", outcome == OUTCOME_BROKEN ? "Regex parse error occured" : "Incorrect");
}

/* ?preview=true by an administrator: tells, and stores nothing, whatever the state. */
static bool preview(struct call *c)
{
    const char *text = httpd_query(c->request, "preview");

    return c->me.admin && text && *text;
}

void attempt_create(struct call *c)
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
    struct query *q = call_query(
        c, "SELECT state, max_attempts, logic, coalesce(requirements, '') FROM challenges WHERE id = ?1", "i",
        id);
    bool there = query_next(q), hidden = there && strcmp(row_text(q, 0), "hidden") == 0,
         locked = there && strcmp(row_text(q, 0), "locked") == 0;
    char logic[8] = "any";
    if (there) {
        tries = row_int(q, 1);
        snprintf(logic, sizeof(logic), "%s", row_text(q, 2));
        locked = locked || require_of(c, row_text(q, 3)) != REQUIRE_MET;
    }
    call_done(c, q);
    if (c->board->teams && !c->me.team && !preview(c)) {
        call_forbidden(c);
    } else if (!there || (hidden && !preview(c))) {
        call_not_found(c);
    } else if (locked && !preview(c)) {
        call_forbidden(c);
    } else if (!submission) {
        call_broken(c);
    } else {
        struct buf given;
        buf_init(&given, c->request->body_len + 1);
        body_strip(submission, &given);
        char *text = buf_take(&given);
        if (!text)
            call_broken(c);
        else if (preview(c))
            tell_only(c, id, logic, text);
        else
            judge(c, id, logic, text, tries);
        free(text);
    }
}
