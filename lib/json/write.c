#include "json/write.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

/* Bytes of the well-formed UTF-8 character at text, 0 when it is none. */
static size_t character(const char *text)
{
    size_t left = strnlen(text, 4);

    for (size_t n = 1; n <= left; n++)
        if (utf8_valid(text, n))
            return n;
    return 0;
}

/* A character of n > 1 bytes that is known to be well-formed. */
static void put_escaped(struct buf *out, const char *text, size_t n)
{
    unsigned c = (unsigned char)text[0] & (0x7fu >> n);

    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)text[i] & 0x3fu);
    if (c < 0x10000)
        buf_printf(out, "\\u%04x", c);
    else
        buf_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
}

static void put_string(struct json_writer *w, const char *text)
{
    struct buf *out = w->out;

    buf_puts(out, "\"");
    while (*text) {
        unsigned char c = (unsigned char)*text;
        size_t n = character(text);
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n')
            buf_puts(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04x", c);
        else if (n > 1 && w->ascii)
            put_escaped(out, text, n);
        else if (n)
            buf_add(out, text, n);
        else
            buf_puts(out, "\\ufffd");
        text += n ? n : 1;
    }
    buf_puts(out, "\"");
}

static void begin(struct json_writer *w, const char *key)
{
    if (w->comma)
        buf_puts(w->out, ",");
    w->comma = true;
    if (key) {
        put_string(w, key);
        buf_puts(w->out, ":");
    }
}

static void open_with(struct json_writer *w, const char *key, const char *bracket)
{
    begin(w, key);
    buf_puts(w->out, bracket);
    w->comma = false;
}

static void close_with(struct json_writer *w, const char *bracket)
{
    buf_puts(w->out, bracket);
    w->comma = true;
}

void json_open_object(struct json_writer *w, const char *key)
{
    open_with(w, key, "{");
}

void json_close_object(struct json_writer *w)
{
    close_with(w, "}");
}

void json_open_array(struct json_writer *w, const char *key)
{
    open_with(w, key, "[");
}

void json_close_array(struct json_writer *w)
{
    close_with(w, "]");
}

void json_put_text(struct json_writer *w, const char *key, const char *text)
{
    if (!text) {
        json_put_null(w, key);
        return;
    }
    begin(w, key);
    put_string(w, text);
}

void json_put_int(struct json_writer *w, const char *key, int64_t n)
{
    begin(w, key);
    buf_printf(w->out, "%" PRId64, n);
}

void json_put_bool(struct json_writer *w, const char *key, bool b)
{
    begin(w, key);
    buf_puts(w->out, b ? "true" : "false");
}

void json_put_null(struct json_writer *w, const char *key)
{
    begin(w, key);
    buf_puts(w->out, "null");
}

void json_put_copy(struct json_writer *w, const char *key, const struct json *json)
{
    int64_t n;
    double number;
    bool truth, object = json_is_object(json);

    if (json_text(json)) {
        json_put_text(w, key, json_text(json));
    } else if (json_int(json, &n)) {
        json_put_int(w, key, n);
    } else if (json_bool(json, &truth)) {
        json_put_bool(w, key, truth);
    } else if (json_number(json, &number)) {
        begin(w, key);
        buf_printf(w->out, "%.17g", number);
    } else if (object || json_is_array(json)) {
        open_with(w, key, object ? "{" : "[");
        for (const struct json *e = json_first(json); e; e = json_next(e))
            json_put_copy(w, json_key(e), e); /* as deep as JSON_DEPTH_MAX */
        close_with(w, object ? "}" : "]");
    } else {
        json_put_null(w, key);
    }
}
