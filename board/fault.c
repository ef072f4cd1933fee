#include "board/fault.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const char *const kinds[] = {
    [FAULT_BEFORE_COMMIT] = "before-commit",
    [FAULT_AFTER_COMMIT] = "after-commit",
    [FAULT_DROP_BEFORE] = "drop-before",
    [FAULT_DROP] = "drop",
    [FAULT_HANG] = "hang",
    [FAULT_SLOW] = "slow",
    [FAULT_HTML] = "html",
    [FAULT_REDIRECT] = "302",
    [FAULT_UNAUTHORIZED] = "401",
    [FAULT_FORBIDDEN] = "403",
    [FAULT_NOT_FOUND] = "404",
    [FAULT_GARBAGE] = "garbage",
    [FAULT_UNAVAILABLE] = "503",
};

enum status fault_add(struct fault_list *list, const char *spec, struct err *err)
{
    const char *kind = strchr(spec, ':'), *count = kind ? strchr(kind + 1, ':') : NULL;
    const char *after = count ? strchr(count + 1, ':') : NULL;
    struct fault *f = &list->fault[list->n];
    char number[32];
    uint64_t n = 0;

    if (list->n == FAULTS_MAX)
        return err_set(err, ST_USAGE, "--fault: at most %d", FAULTS_MAX);
    if (!kind || kind == spec || (size_t)(kind - spec) >= sizeof(f->what))
        return err_set(err, ST_USAGE, "--fault %s: expected WHAT:KIND[:COUNT[:AFTER]]", spec);
    memcpy(f->what, spec, (size_t)(kind - spec));
    f->what[kind - spec] = '\0';
    kind++;
    size_t len = count ? (size_t)(count - kind) : strlen(kind);
    f->kind = FAULT_NONE;
    for (size_t i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strlen(kinds[i]) == len && memcmp(kinds[i], kind, len) == 0)
            f->kind = (enum fault_kind)i;
    if (f->kind == FAULT_NONE)
        return err_set(err, ST_USAGE, "--fault %s: no such kind of fault", spec);
    f->after = 0;
    if (count)
        snprintf(number, sizeof(number), "%.*s", (int)strcspn(count + 1, ":"), count + 1);
    if ((count && parse_u64(number, 1000000, &n) != PARSE_OK) ||
        (after && parse_u64(after + 1, 1000000, &f->after) != PARSE_OK))
        return err_set(err, ST_USAGE, "--fault %s: counts are numbers up to 1000000", spec);
    f->left = count ? (int64_t)n : -1;
    list->n++;
    return ST_OK;
}

/* "post-submissions" of POST /api/v1/submissions/7 */
static void name_of(const char *method, const char *path, char out[64])
{
    const char *rest = path + strlen("/api/v1/");

    snprintf(out, 64, "%s-%.*s", method, (int)strcspn(rest, "/"), rest);
    ascii_lower(out);
}

enum fault_kind fault_take(struct fault_list *list, const char *method, const char *path)
{
    char name[64];

    if (strncmp(path, "/api/v1/", 8) != 0)
        return FAULT_NONE;
    name_of(method, path, name);
    for (size_t i = 0; i < list->n; i++) {
        struct fault *f = &list->fault[i];
        if (f->left == 0 || (strcmp(f->what, "any") != 0 && strcmp(f->what, name) != 0))
            continue;
        if (f->after > 0) {
            f->after--;
            continue;
        }
        if (f->left > 0)
            f->left--;
        return f->kind;
    }
    return FAULT_NONE;
}
