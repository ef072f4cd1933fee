#include "grader/lint/mutant.h"

#include <stdio.h>
#include <string.h>

#include "base/beneath.h"
#include "base/str.h"
#include "spec/target.h"

enum { SCRIPT_MAX = 1024 * 1024 };

/* Past the sign that begins a comment in the languages that solvers are written in; NULL: no comment. */
static const char *comment_text(const char *line)
{
    static const char *const signs[] = {"#", "//", "--", ";", "/*"};

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (!strncmp(line, signs[i], strlen(signs[i])))
            return line + strlen(signs[i]);
    return NULL;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The next word to out; false when there is none or it is too long. */
static bool take_word(const char **text, char *out, size_t size)
{
    *text = skip_blanks(*text);
    size_t len = strcspn(*text, " \t\r\n");
    if (!len || len >= size)
        return false;
    memcpy(out, *text, len);
    out[len] = '\0';
    *text += len;
    return true;
}

static bool read_line(struct mutant *out, const char *text)
{
    text = skip_blanks(text);
    if (strncmp(text, "expect:", 7) != 0)
        return false;
    text += 7;
    if (!take_word(&text, out->field, sizeof(out->field)))
        return false;
    if (strcmp(out->field, "step") == 0) {
        char number[8];
        uint64_t n = 0;
        if (!take_word(&text, number, sizeof(number)) || parse_u64(number, STEPS_MAX, &n) != PARSE_OK || !n ||
            !take_word(&text, out->field, sizeof(out->field)))
            return false;
        out->step = (size_t)n;
    }
    if (!take_word(&text, out->code, sizeof(out->code)))
        return false;
    text = skip_blanks(text);
    return *text == '\0' || strchr("\r\n", *text) || !strncmp(text, "*/", 2);
}

bool mutant_load(struct mutant *out, const char *root, const char *path, struct problems *problems)
{
    struct buf script;
    struct err err;
    bool found = false;

    *out = (struct mutant){.at = {1, 1}};
    buf_init(&script, SCRIPT_MAX);
    if (beneath_read(root, path, &script, &err) != ST_OK) {
        size_t skip = strncmp(err.text, path, strlen(path)) ? 0 : strlen(path) + 2;
        problem_unreadable(problems, path, err.text + skip);
        buf_free(&script);
        return false;
    }
    const char *line = buf_text(&script);
    if (!strncmp(line, "#!", 2)) { /* says who runs it, not what it is */
        line += strcspn(line, "\n");
        line += *line == '\n';
        out->at.line++;
    }
    const char *text = comment_text(line);
    if (text)
        found = read_line(out, text);
    if (!found)
        problem_add(
            problems, path, out->at,
            "this line must say what is wrong with the packet: # expect: FIELD CODE, like # expect: ip.id "
            "BYTE_SWAPPED");
    buf_free(&script);
    return found;
}
