#include "board/owned.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "flag/typo.h"

/* Whether the handle is the caller's, or one of his team's. */
static bool is_his(struct call *c, const char *handle)
{
    struct query *q = call_query(
        c, "SELECT name, coalesce(email, '') FROM users WHERE id = ?1 OR (?2 <> 0 AND team_id = ?2)", "ii",
        c->me.id, c->board->teams ? c->me.team : 0);
    char his[NAME_MAX_LEN + 1];
    bool found = false;

    while (!found && query_next(q))
        found = answers_handle(c->board->answers, row_text(q, 0), row_text(q, 1), his) &&
                strcmp(his, handle) == 0;
    call_done(c, q);
    return found;
}

bool owned_handle(struct call *c, char out[NAME_MAX_LEN + 1])
{
    if (!c->board->answers)
        return false;
    struct query *q =
        call_query(c, "SELECT name, coalesce(email, '') FROM users WHERE id = ?1", "i", c->me.id);
    bool found = query_next(q) && answers_handle(c->board->answers, row_text(q, 0), row_text(q, 1), out);
    call_done(c, q);
    return found;
}

/* The course's challenge that this is on the board. */
static const struct challenge *challenge_of(struct call *c, int64_t id)
{
    struct query *q = call_query(c, "SELECT name FROM challenges WHERE id = ?1", "i", id);
    const struct challenge *of = query_next(q) ? answers_challenge(c->board->answers, row_text(q, 0)) : NULL;

    call_done(c, q);
    return of;
}

/* What has not even the form of a flag: the handle, or a flag that was not copied whole. */
static void say_what_else(struct call *c, const char *text, const char *handle, char said[OWNED_SAID])
{
    const char *prefix = answers_course(c->board->answers)->flag_prefix;
    const size_t length = strlen(prefix);

    text += strspn(text, " \t\r\n");
    const size_t word = strcspn(text, " \t\r\n");
    if (*handle && word == strlen(handle) && strncasecmp(text, handle, word) == 0 &&
        !text[word + strspn(text + word, " \t\r\n")])
        snprintf(said, OWNED_SAID, "That is your handle: send it to the target, whose answer is the flag.");
    else if (strncasecmp(text, prefix, length) == 0 && text[length] == '{')
        snprintf(said, OWNED_SAID, "That begins as a flag does and is none: copy it whole, from %.40s{ to }.",
                 prefix);
}

/* What is no right flag, entered for a challenge that has some. */
static enum owned not_right(struct call *c, const char *slug, const char *text, char said[OWNED_SAID])
{
    char handle[NAME_MAX_LEN + 1] = "";
    unsigned letters;

    if (!owned_handle(c, handle))
        handle[0] = '\0';
    if (!answers_has_form(c->board->answers, text, slug, handle, &letters)) {
        say_what_else(c, text, handle, said);
        return OWNED_UNKNOWN;
    }
    char nearly[TYPO_TEXT];
    if (letters)
        snprintf(said, OWNED_SAID, "%s.", typo_text(letters, nearly));
    return OWNED_WRONG;
}

enum owned owned_flag(struct call *c, int64_t challenge, const char *text, char said[OWNED_SAID])
{
    const struct answers *answers = c->board->answers;
    struct flag_parts parts;

    said[0] = '\0';
    if (!answers)
        return OWNED_UNKNOWN;
    const struct challenge *of = challenge_of(c, challenge);
    if (!answers_right(answers, text, &parts))
        return answers_rules(answers, of) ? not_right(c, of->slug, text, said) : OWNED_UNKNOWN;
    bool his = is_his(c, parts.student);
    if (!of || strcmp(of->slug, parts.slug) != 0) {
        const struct challenge *other = course_find(answers_course(answers), parts.slug);
        const char *name = other ? other->name : parts.slug;
        if (his)
            snprintf(said, OWNED_SAID, "A right flag, but of another challenge: enter it at \"%.200s\".",
                     name);
        else
            snprintf(said, OWNED_SAID,
                     "This flag was made for somebody else (%s), and for another challenge, \"%.160s\"; earn "
                     "your own.",
                     parts.student, name);
        return OWNED_ELSEWHERE;
    }
    if (his)
        return OWNED_RIGHT;
    snprintf(said, OWNED_SAID, "This flag was made for somebody else (%s); earn your own.", parts.student);
    return OWNED_FOREIGN;
}
