#include "targets/answer/remark.h"

#include <string.h>

#include "judge/clause.h"

static const char PAUSE[] = "judged after 0.2 s of silence; was more to come, send it in one piece";

/* What the first part of a text, judged alone, may be told as. Of what is whole and, say, in another encoding
 * a pause is nothing to tell. */
static const char *const OF_A_PART[] = {"MISSING_TEXT",    "WRONG_VALUE",      "WRONG_STUDENT",
                                        "OTHER_CHALLENGE", "INVALID_ENCODING", "BASE64_UNPADDED"};

static bool is_of_a_part(const struct code *code)
{
    for (size_t i = 0; i < sizeof(OF_A_PART) / sizeof(OF_A_PART[0]); i++)
        if (strcmp(code->name, OF_A_PART[i]) == 0)
            return true;
    return false;
}

/* As long as the text that is asked for, or longer: nothing more was to come. False while it is not known how
 * long that is. */
static bool is_long_enough(const struct finding *f, const char *student)
{
    const struct clause *c = f->clause;

    if (!c || c->kind != MATCH_TEXT || c->unfilled || (c->after && !*student))
        return false;
    const size_t text = strlen(c->before) + (c->after ? strlen(student) + strlen(c->after) : 0);
    return f->length >= (c->encoding == ENCODING_HEX      ? 2 * text
                         : c->encoding == ENCODING_BASE64 ? (text + 2) / 3 * 4
                                                          : text);
}

/* A near miss that silence ended, and whose text is wrong in a way that its first part alone would be. */
static bool may_be_cut(const struct attempt *attempt, struct reasons *reasons)
{
    const struct verdict *verdict = reasons->verdict;
    size_t n;

    if (!attempt->end || strcmp(attempt->end, "silence") != 0)
        return false;
    for (size_t i = 0; i < verdict->n; i++) {
        const struct finding *f = &verdict->findings[i];
        if (f->status != FINDING_FAIL || strcmp(f->field->name, "payload") != 0)
            continue;
        const struct diagnosis *d = reasons_of(reasons, f, &n);
        return n > 0 && is_of_a_part(d[0].code) && !is_long_enough(f, verdict->student);
    }
    return false;
}

const char *remark_of(const struct attempt *attempt, struct reasons *reasons)
{
    if (attempt->turn && attempt->turn->beside)
        return attempt->turn->beside;
    return may_be_cut(attempt, reasons) ? PAUSE : NULL;
}
