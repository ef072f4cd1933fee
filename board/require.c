#include "board/require.h"

#include <string.h>

#include "board/account.h"

enum require require_of(struct call *c, const char *requirements)
{
    enum require result = REQUIRE_MET;
    int64_t id;
    bool mask;

    if (c->me.admin || !*requirements)
        return REQUIRE_MET;
    struct json *object = json_parse(requirements, strlen(requirements), NULL);
    const struct json *how = json_get(object, "anonymize");
    for (const struct json *e = json_first(json_get(object, "prerequisites")); e; e = json_next(e))
        if (json_int(e, &id) && call_number(c, "SELECT 1 FROM challenges WHERE id = ?1", "i", id) &&
            !account_solved(c, id))
            result = REQUIRE_HIDE;
    if (result == REQUIRE_HIDE && json_text(how))
        result = strcmp(json_text(how), "preview") == 0 ? REQUIRE_PREVIEW : REQUIRE_MASK;
    else if (result == REQUIRE_HIDE && json_bool(how, &mask) && mask)
        result = REQUIRE_MASK;
    json_free(object);
    return result;
}
