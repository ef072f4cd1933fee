#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/grades/grades.h"

struct grades_text {
    struct grades_text *next;
    char text[];
};

const char *grades_text(struct grades *report, const char *fmt, ...)
{
    char text[768];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    const size_t n = strlen(text) + 1;
    struct grades_text *new = n > 1 ? malloc(sizeof(*new) + n) : NULL;
    report->failed = report->failed || (n > 1 && !new);
    if (!new)
        return "";
    new->next = report->texts;
    report->texts = new;
    return memcpy(new->text, text, n);
}

void grades_texts_free(struct grades *report)
{
    for (struct grades_text *text = report->texts, *next; text; text = next) {
        next = text->next;
        free(text);
    }
    report->texts = NULL;
}
