/* Input: JSON from outside. What was read is written and read again. */
#include "fuzz.h"

#include <string.h>

#include "json/write.h"

void fuzz_open(void)
{
}

static struct json *again(const struct json *json, struct buf *out)
{
    struct json_writer w = {.out = out};

    json_put_copy(&w, NULL, json);
    return json_parse(out->data, out->len, NULL);
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    struct err err = {.text = ""};
    struct json *json = json_parse((const char *)data, size, &err);
    struct buf out[2];

    buf_puts(said, err.text);
    if (!json)
        return;
    buf_init(&out[0], 4 << 20);
    buf_init(&out[1], 4 << 20);
    struct json *second = again(json, &out[0]);
    if (!out[0].failed && !second)
        fuzz_fail("what was written cannot be read");
    json_free(again(second, &out[1]));
    if (!out[0].failed && strcmp(buf_text(&out[0]), buf_text(&out[1])) != 0)
        fuzz_fail("writing what was written gives something else");
    buf_puts(said, buf_text(&out[0]));
    json_free(second);
    json_free(json);
    buf_free(&out[0]);
    buf_free(&out[1]);
}
