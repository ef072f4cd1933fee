#include "httpd/match.h"

#include <string.h>

#include "base/str.h"

static bool take_int(const char *segment, size_t len, int64_t *out)
{
    char text[20];
    uint64_t n;

    /* parse_u64 would take 0x10, which no path means */
    if (len == 0 || len >= sizeof(text) || strspn(segment, "0123456789") < len)
        return false;
    memcpy(text, segment, len);
    text[len] = '\0';
    if (parse_u64(text, INT64_MAX, &n) != PARSE_OK)
        return false;
    *out = (int64_t)n;
    return true;
}

/* One segment of both; false when they differ. */
static bool segment_fits(const char *want, size_t want_len, const char *got, size_t got_len,
                         struct httpd_request *request, size_t *part)
{
    bool is_int = want_len == 5 && memcmp(want, "<int>", 5) == 0;
    bool is_text = want_len == 6 && memcmp(want, "<text>", 6) == 0;

    if (!is_int && !is_text)
        return want_len == got_len && memcmp(want, got, got_len) == 0;
    if (*part >= HTTPD_PARTS)
        return false;
    if (is_int && !take_int(got, got_len, &request->part[*part].number))
        return false;
    if (got_len == 0 || got_len >= HTTPD_PART_SIZE)
        return false;
    memcpy(request->part[*part].text, got, got_len);
    request->part[*part].text[got_len] = '\0';
    *part += 1;
    return true;
}

static bool path_fits(const char *pattern, const char *path, struct httpd_request *request)
{
    size_t part = 0;

    for (;;) {
        size_t want = strcspn(pattern, "/"), got = strcspn(path, "/");
        if (!segment_fits(pattern, want, path, got, request, &part))
            return false;
        pattern += want;
        path += got;
        if (!*pattern || !*path)
            return *pattern == *path;
        pattern++;
        path++;
    }
}

const struct httpd_route *match_route(const struct httpd_route *routes, size_t n,
                                      struct httpd_request *request, enum httpd_miss *why)
{
    *why = HTTPD_NO_PATH;
    for (size_t i = 0; i < n; i++) {
        if (!path_fits(routes[i].pattern, request->path, request))
            continue;
        if (strcmp(routes[i].method, request->method) == 0)
            return &routes[i];
        *why = HTTPD_NO_METHOD;
    }
    return NULL;
}
