#include "grader/scoreboard/member.h"

const char *member_text(const struct json *object, const char *key)
{
    const char *text = json_text(json_get(object, key));

    return text ? text : "";
}

int64_t member_number(const struct json *object, const char *key)
{
    int64_t n = 0;

    return json_int(json_get(object, key), &n) ? n : 0;
}

bool member_true(const struct json *object, const char *key)
{
    bool b = false;

    return json_bool(json_get(object, key), &b) && b;
}
