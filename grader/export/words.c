#include "grader/export/words.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Words that mean something else than themselves when they stand alone. */
static bool is_special(const char *text)
{
    static const char *const words[] = {"any",   "null", "Null", "NULL", "true",
                                        "false", "yes",  "no",   "on",   "off"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

static bool is_plain(const char *text)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/|";

    return *text && !strchr("_.-/|", *text) && !text[strspn(text, safe)] && !is_special(text);
}

void words_put_quoted(struct buf *out, const char *text)
{
    buf_puts(out, "\"");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n')
            buf_puts(out, "\\n");
        else if (c < 0x20 || c == 0x7F)
            buf_printf(out, "\\x%02x", c);
        else
            buf_add(out, text, 1);
    }
    buf_puts(out, "\"");
}

void words_put(struct buf *out, const char *text)
{
    if (is_plain(text))
        buf_puts(out, text);
    else
        words_put_quoted(out, text);
}

/* A block keeps every line as it is: only where no line has what a block cannot show. */
static bool is_block(const char *text)
{
    size_t n = strlen(text);

    if (!strchr(text, '\n') || text[0] == ' ' || text[0] == '\n' || text[n - 1] != '\n' ||
        (n > 1 && text[n - 2] == '\n'))
        return false;
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7F)
            return false;
    return true;
}

void words_put_key(struct buf *out, const char *key, const char *text)
{
    if (!text)
        return;
    buf_printf(out, "%s: ", key);
    if (!is_block(text)) {
        words_put(out, text);
        buf_puts(out, "\n");
        return;
    }
    buf_puts(out, "|\n");
    for (const char *end; *text; text = end + 1) {
        end = strchr(text, '\n');
        buf_puts(out, end == text ? "" : "  ");
        buf_add(out, text, (size_t)(end - text) + 1);
    }
}
