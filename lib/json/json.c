/* cJSON is tolerant: control bytes as blanks, bytes that are no UTF-8, 1,000 levels, 01 and 1. as numbers,
 * keys without case. A scan over the text before it and the comparisons here close that. */
#include "json/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define SAFE_INTEGER 9007199254740992.0 /* 2^53: beyond it a double skips whole numbers */

static const cJSON *in(const struct json *json)
{
    return (const cJSON *)json;
}

static const struct json *out_of(const cJSON *node)
{
    return (const struct json *)node;
}

/* One string from its opening quote; returns the closing one, NULL when it is not well-formed. Rewrites
 * \u0000, after which cJSON's C string would end: whoever may choose a name could make it equal to another's.
 */
static char *scan_string(char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++) {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p != '\\')
            continue;
        if (++p == end || !strchr("\"\\/bfnrtu", *p))
            return NULL;
        if (*p == 'u' && end - p > 4 && memcmp(p + 1, "0000", 4) == 0)
            memcpy(p + 1, "fffd", 4);
    }
    return p < end ? p : NULL;
}

static char *digits(char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* A number as RFC 8259, section 6 has it; returns its last character, NULL when it is not one. */
static char *scan_number(char *p, const char *end)
{
    p += *p == '-';
    char *start = p;
    p = digits(p, end);
    if (p == start || (*start == '0' && p - start > 1))
        return NULL;
    if (p < end && *p == '.') {
        start = ++p;
        p = digits(p, end);
        if (p == start)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        start = p;
        p = digits(p, end);
        if (p == start)
            return NULL;
    }
    return p - 1;
}

/* Tokens and depth; the order of tokens is cJSON's to check. Returns the place of what is wrong, or NULL. */
static const char *scan(char *text, size_t len)
{
    const char *end = text + len;
    int depth = 0;

    for (char *p = text; p < end; p++) {
        const char *at = p;
        if (*p == '"')
            p = scan_string(p, end);
        else if (*p == '-' || (*p >= '0' && *p <= '9'))
            p = scan_number(p, end);
        else if (*p == '[' || *p == '{')
            p = ++depth > JSON_DEPTH_MAX ? NULL : p;
        else if (*p == ']' || *p == '}')
            depth--;
        else if (*p == '\0' || !strchr(" \t\r\n:,truefalsn", *p))
            p = NULL;
        if (!p)
            return at;
    }
    return NULL;
}

/* A key that is twice in one object; also the first beyond JSON_MEMBERS_MAX, which bounds the comparisons. */
static const char *twice(const cJSON *node)
{
    size_t n = 0;

    for (const cJSON *a = node ? node->child : NULL; a; a = a->next) {
        if (cJSON_IsObject(node) && ++n > JSON_MEMBERS_MAX)
            return a->string;
        if (cJSON_IsObject(node))
            for (const cJSON *b = node->child; b != a; b = b->next)
                if (strcmp(a->string, b->string) == 0)
                    return a->string;
        const char *below = twice(a);
        if (below)
            return below;
    }
    return NULL;
}

/* text is a copy: scan rewrites it. */
static struct json *parse(char *text, size_t len, struct err *err)
{
    const char *bad = scan(text, len), *stop = text;

    if (bad) {
        err_set(err, ST_INPUT, "no JSON at byte %zu", (size_t)(bad - text) + 1);
        return NULL;
    }
    if (!utf8_valid(text, len)) {
        err_set(err, ST_INPUT, "no UTF-8");
        return NULL;
    }
    cJSON *node = cJSON_ParseWithLengthOpts(text, len, &stop, false);
    if (!node) {
        err_set(err, ST_INPUT, "no JSON at byte %zu", stop ? (size_t)(stop - text) + 1 : 1);
        return NULL;
    }
    size_t used = (size_t)(stop - text);
    while (used < len && strchr(" \t\r\n", text[used]))
        used++;
    const char *key = used < len ? NULL : twice(node);
    if (used < len)
        err_set(err, ST_INPUT, "more after the end of the JSON, at byte %zu", used + 1);
    else if (key)
        err_set(err, ST_INPUT, "the key \"%.64s\" twice in one JSON object, or more than 1000 keys", key);
    if (used < len || key) {
        cJSON_Delete(node);
        return NULL;
    }
    return (struct json *)node;
}

struct json *json_parse(const char *text, size_t len, struct err *err)
{
    char *copy = malloc(len + 1);
    struct json *json = NULL;

    if (!copy) {
        err_memory(err);
        return NULL;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    json = parse(copy, len, err);
    free(copy);
    return json;
}

void json_free(struct json *json)
{
    cJSON_Delete((cJSON *)json);
}

const struct json *json_get(const struct json *json, const char *key)
{
    return json_is_object(json) ? out_of(cJSON_GetObjectItemCaseSensitive(in(json), key)) : NULL;
}

const struct json *json_first(const struct json *json)
{
    return json_is_object(json) || json_is_array(json) ? out_of(in(json)->child) : NULL;
}

const struct json *json_next(const struct json *element)
{
    return element ? out_of(in(element)->next) : NULL;
}

const char *json_key(const struct json *element)
{
    return element ? in(element)->string : NULL;
}

const char *json_text(const struct json *json)
{
    return cJSON_GetStringValue(in(json));
}

bool json_int(const struct json *json, int64_t *out)
{
    if (!cJSON_IsNumber(in(json)))
        return false;
    double n = in(json)->valuedouble;
    if (!(n >= -SAFE_INTEGER && n <= SAFE_INTEGER) || (double)(int64_t)n != n)
        return false;
    *out = (int64_t)n;
    return true;
}

bool json_number(const struct json *json, double *out)
{
    if (!cJSON_IsNumber(in(json)) || !isfinite(in(json)->valuedouble))
        return false;
    *out = in(json)->valuedouble;
    return true;
}

bool json_bool(const struct json *json, bool *out)
{
    if (!cJSON_IsBool(in(json)))
        return false;
    *out = cJSON_IsTrue(in(json));
    return true;
}

bool json_is_null(const struct json *json)
{
    return cJSON_IsNull(in(json));
}

bool json_is_object(const struct json *json)
{
    return cJSON_IsObject(in(json));
}

bool json_is_array(const struct json *json)
{
    return cJSON_IsArray(in(json));
}
