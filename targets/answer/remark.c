#include "targets/answer/remark.h"

#include <string.h>

static const char PAUSE[] = "judged after 0.2 s of silence; was more to come, send it in one piece";
static const char OTHER_CONNECTION[] = "right for a try in another connection: all of a try goes through one";

/* Of these the whole text was there. */
static const char *const WHOLE[] = {"STEP_LATE",         "OTHER_STEP",     "ANOTHER_TRY",
                                    "NOT_ENCODED",       "WRONG_ENCODING", "ENCODED_TWICE",
                                    "XXD_DUMP",          "TRAILING_NUL",   "TRAILING_NEWLINE",
                                    "PYTHON_REPR",       "WRONG_CASE",     "HEX_WITH_SEPARATORS",
                                    "BASE64_URLSAFE",    "UTF16",          "LATIN1",
                                    "BYTE_ORDER_MARK",   "BASE64_WRAPPED", "QUOTED",
                                    "BASE64_OVERPADDED", "TEXT_REVERSED",  "HTTP_REQUEST",
                                    "PLACEHOLDER",       "EXTRA_BLANKS"};

static bool is_whole(const struct code *code)
{
    for (size_t i = 0; i < sizeof(WHOLE) / sizeof(WHOLE[0]); i++)
        if (strcmp(code->name, WHOLE[i]) == 0)
            return true;
    return false;
}

/* A near miss that silence ended, and whose text is wrong in a way that its first part alone would be: of one
 * that is whole and, say, in another encoding there is nothing to tell. */
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
        return n > 0 && !is_whole(d[0].code);
    }
    return false;
}

const char *remark_of(const struct attempt *attempt, struct reasons *reasons)
{
    if (attempt->turn && attempt->turn->elsewhere)
        return OTHER_CONNECTION;
    return may_be_cut(attempt, reasons) ? PAUSE : NULL;
}
