#include "grader/watch/pass.h"

#include <stdarg.h>
#include <stdio.h>

enum status pass_answered(struct pass *pass, enum board_result result, struct err *err)
{
    if (result == BOARD_OK)
        return ST_OK;
    pass->summary->board = result;
    return board_status(result, err);
}

void pass_tell(const struct pass *pass, const char *fmt, ...)
{
    char sentence[512];
    va_list args;

    if (!pass->options->told)
        return;
    va_start(args, fmt);
    vsnprintf(sentence, sizeof(sentence), fmt, args);
    va_end(args);
    pass->options->told(pass->options->context, sentence);
}

const struct challenge *pass_challenge(const struct pass *pass, int64_t challenge)
{
    const struct course *course = pass->session.resolver.course;

    for (size_t i = 0; challenge && i < course->n_challenges; i++)
        if (pass->session.resolver.challenges[i].id == challenge &&
            course->challenges[i].target.kind != TARGET_NONE)
            return &course->challenges[i];
    return NULL;
}
