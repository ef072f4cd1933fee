#include "board/body.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static enum body_result start(const struct json *value)
{
    if (!value)
        return BODY_ABSENT;
    return json_is_null(value) ? BODY_NULL : BODY_VALUE;
}

static bool int_of_text(const char *text, int64_t *out)
{
    uint64_t n;
    bool minus = *text == '-';

    if (strspn(text + minus, "0123456789") != strlen(text + minus) ||
        parse_u64(text + minus, BODY_INT_MAX, &n) != PARSE_OK)
        return false;
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

enum body_result body_int(const struct json *body, const char *key, int64_t *out)
{
    const struct json *value = json_get(body, key);
    enum body_result result = start(value);
    double number;
    bool truth;

    if (result != BODY_VALUE)
        return result;
    if (json_bool(value, &truth))
        *out = truth;
    else if (json_number(value, &number) && fabs(number) <= (double)BODY_INT_MAX)
        *out = (int64_t)number;
    else if (!json_text(value) || !int_of_text(json_text(value), out))
        result = BODY_BAD;
    return result;
}

enum body_result body_text(const struct json *body, const char *key, const char **out, char scratch[40])
{
    const struct json *value = json_get(body, key);
    enum body_result result = start(value);
    double number;
    int64_t whole;
    bool truth;

    *out = NULL;
    if (result != BODY_VALUE)
        return result;
    *out = json_text(value) ? json_text(value) : scratch;
    if (json_text(value))
        return BODY_VALUE;
    if (json_bool(value, &truth))
        snprintf(scratch, 40, "%s", truth ? "True" : "False");
    else if (json_int(value, &whole))
        snprintf(scratch, 40, "%" PRId64, whole);
    else if (json_number(value, &number))
        snprintf(scratch, 40, "%.15g", number);
    else
        return BODY_BAD;
    return BODY_VALUE;
}

enum body_result body_bool(const struct json *body, const char *key, bool *out)
{
    const struct json *value = json_get(body, key);
    enum body_result result = start(value);
    const char *text = json_text(value);
    int64_t n;

    if (result != BODY_VALUE || json_bool(value, out))
        return result;
    if (json_int(value, &n) && (n == 0 || n == 1))
        *out = n == 1;
    else if (text && (strcasecmp(text, "true") == 0 || strcasecmp(text, "t") == 0 || strcmp(text, "1") == 0))
        *out = true;
    else if (text && (strcasecmp(text, "false") == 0 || strcasecmp(text, "f") == 0 || strcmp(text, "0") == 0))
        *out = false;
    else
        result = BODY_BAD;
    return result;
}

void body_strip(const char *text, struct buf *out)
{
    text += strspn(text, " \t\r\n\v\f");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n\v\f", text[len - 1]))
        len--;
    buf_add(out, text, len);
}
