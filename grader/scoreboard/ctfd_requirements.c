/* What must be solved first, as text and as CTFd has it. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "grader/scoreboard/ctfd_request.h"
#include "grader/scoreboard/ctfd.h"
#include "json/write.h"

/* {"prerequisites": [3, 5], "anonymize": "preview"}; ids at most CONTENT_IDS_MAX, the others are lost. */
char *ctfd_requirements_text(const struct json *object)
{
    int64_t ids[CONTENT_IDS_MAX];
    size_t n = 0;
    bool yes = false;
    const struct json *shown = json_get(object, "anonymize");
    const char *word = json_text(shown);

    if (!word && json_bool(shown, &yes) && yes)
        word = "true";
    for (const struct json *e = json_first(json_get(object, "prerequisites")); e; e = json_next(e))
        if (n < CONTENT_IDS_MAX && json_int(e, &ids[n]))
            n++;
    return content_ids_text(ids, n, word);
}

/* Sends "3 5|preview" as it is read above. */
void ctfd_put_requirements(struct json_writer *w, const char *text)
{
    size_t list = strcspn(text, "|");
    const char *shown = text[list] ? text + list + 1 : "";

    if (!text[0]) {
        json_put_null(w, "requirements");
        return;
    }
    json_open_object(w, "requirements");
    json_open_array(w, "prerequisites");
    for (const char *p = text, *end = text + list; p < end;) {
        char word[32];
        uint64_t id;
        size_t len = strcspn(p, " |");
        snprintf(word, sizeof(word), "%.*s", (int)len, p);
        if (parse_u64(word, INT64_MAX, &id) == PARSE_OK)
            json_put_int(w, NULL, (int64_t)id);
        p += len + 1;
    }
    json_close_array(w);
    if (strcmp(shown, "preview") == 0)
        json_put_text(w, "anonymize", shown);
    else if (shown[0])
        json_put_bool(w, "anonymize", true);
    json_close_object(w);
}
