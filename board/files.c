/* Files of challenges and solutions, kept in the database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/codec.h"
#include "base/str.h"
#include "board/endpoints.h"
#include "board/record.h"
#include "digest/sha1.h"

enum { NAME_SIZE = 200, LOCATION_SIZE = NAME_SIZE + 40, FIELD_SIZE = 64, UPLOADS_MAX = 16 };

static void put_file(struct call *c, struct query *q)
{
    json_put_int(&c->out, "id", row_int(q, 0));
    call_put_column(c, "type", q, 1);
    call_put_column(c, "location", q, 2);
    call_put_column(c, "sha1sum", q, 3);
}

const struct record files_record = {
    .table = "files",
    .columns = "id, type, location, sha1sum",
    .filters = (const char *const[]){"type", "location", NULL},
    .search = (const struct listing_field[]){{"type", false}, {"location", false}, {NULL, false}},
    .put = put_file,
};

/* What a multipart body holds; data is borrowed from `bytes`. */
struct upload {
    char type[FIELD_SIZE], challenge[FIELD_SIZE], solution[FIELD_SIZE], location[LOCATION_SIZE];
    struct {
        char name[NAME_SIZE];
        size_t at, length;
    } file[UPLOADS_MAX];
    size_t n;
    bool open; /* the last file still grows */
    struct buf bytes;
};

static void keep(char *out, size_t size, const void *data, size_t length)
{
    size_t have = strlen(out), n = length < size - 1 - have ? length : size - 1 - have;

    memcpy(out + have, data, n);
    out[have + n] = '\0';
}

/* As werkzeug's secure_filename: letters, digits and ._- alone, no folder. */
static void safe_name(char out[NAME_SIZE], const char *name)
{
    size_t n = 0;
    const char *slash = strrchr(name, '/');

    for (const char *p = slash ? slash + 1 : name; *p && n < NAME_SIZE - 1; p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     *p == '_' || *p == '-' || (*p == '.' && n);
        out[n++] = plain ? *p : '_';
    }
    out[n] = '\0';
}

static bool take_part(void *context, const struct httpd_part *part)
{
    struct upload *up = context;
    const struct {
        const char *name;
        char *out;
        size_t size;
    } fields[] = {
        {"type", up->type, sizeof(up->type)},
        {"challenge_id", up->challenge, sizeof(up->challenge)},
        {"challenge", up->challenge, sizeof(up->challenge)},
        {"solution_id", up->solution, sizeof(up->solution)},
        {"solution", up->solution, sizeof(up->solution)},
        {"location", up->location, sizeof(up->location)},
    };

    if (part->filename && strcmp(part->name, "file") == 0) {
        if (part->offset == 0) {
            if (up->n == UPLOADS_MAX)
                return false;
            safe_name(up->file[up->n].name, part->filename);
            up->file[up->n].at = up->bytes.len;
            up->file[up->n++].length = 0;
        }
        up->file[up->n - 1].length += part->length;
        return part->length == 0 || buf_add(&up->bytes, part->data, part->length);
    }
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (strcmp(fields[i].name, part->name) == 0)
            keep(fields[i].out, fields[i].size, part->data, part->length);
    return true;
}

/* "dir/name", checked, or a new folder of 32 hex digits. False, and answered, when it is none. */
static bool locate(struct call *c, const struct upload *up, size_t i, char out[LOCATION_SIZE])
{
    unsigned char folder[16];
    char hex[HEX_SIZE(sizeof(folder))], name[NAME_SIZE];

    if (up->location[0]) {
        const char *slash = strchr(up->location, '/');
        if (!slash || slash == up->location || !slash[1] || strchr(slash + 1, '/')) {
            call_error_list(c, "location", "Location must contain two parts, a directory and a filename");
            return false;
        }
        safe_name(name, slash + 1);
        snprintf(out, LOCATION_SIZE, "%.*s/%s", (int)(slash - up->location), up->location, name);
        return true;
    }
    if (getrandom(folder, sizeof(folder), 0) != (ssize_t)sizeof(folder)) {
        c->failed = true;
        return false;
    }
    hex_encode(hex, folder, sizeof(folder));
    snprintf(out, LOCATION_SIZE, "%s/%s", hex, up->file[i].name);
    return true;
}

/* The file's number, 0 when it was refused. One location is one file: its content is replaced. */
static int64_t store(struct call *c, const struct upload *up, size_t i)
{
    char sum[SHA1_TEXT_SIZE], location[LOCATION_SIZE];
    const char *bytes = buf_text(&up->bytes) + up->file[i].at;
    size_t length = up->file[i].length;
    bool of_challenge = strcmp(up->type, "challenge") == 0, of_solution = strcmp(up->type, "solution") == 0;
    uint64_t challenge = 0, solution = 0;

    if (!locate(c, up, i, location))
        return 0;
    sha1_text(bytes, length, sum);
    if (of_challenge)
        parse_u64(up->challenge, INT32_MAX, &challenge);
    if (of_solution)
        parse_u64(up->solution, INT32_MAX, &solution);
    char *content = malloc(BASE64_SIZE(length));
    if (!content) {
        c->failed = true;
        return 0;
    }
    base64_encode(content, bytes, length);
    int64_t id = call_number(
        c,
        "INSERT INTO files (type, location, sha1sum, challenge_id, solution_id, content)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (location) DO UPDATE SET sha1sum = excluded.sha1sum,"
        " content = excluded.content RETURNING id",
        "tttzzt", up->type[0] ? up->type : "standard", location, sum, (int64_t)challenge, (int64_t)solution,
        content);
    free(content);
    return id;
}

void files_create(struct call *c)
{
    struct upload up = {.n = 0};
    int64_t ids[UPLOADS_MAX];

    buf_init(&up.bytes, c->request->body_len + 1);
    if (!httpd_parts(c->request, take_part, &up)) {
        call_bad_request(c);
    } else if (up.n > 1 && up.location[0]) {
        call_error_list(c, "location", "Location cannot be specified with multiple files");
    } else {
        bool good = true;
        for (size_t i = 0; good && i < up.n; i++) {
            ids[i] = store(c, &up, i);
            good = ids[i] != 0;
        }
        if (good) {
            call_open(c);
            json_open_array(&c->out, "data");
            for (size_t i = 0; i < up.n; i++) {
                struct query *q =
                    call_query(c, "SELECT id, type, location, sha1sum FROM files WHERE id = ?1", "i", ids[i]);
                json_open_object(&c->out, NULL);
                if (query_next(q))
                    put_file(c, q);
                json_close_object(&c->out);
                call_done(c, q);
            }
            json_close_array(&c->out);
            call_close(c);
        }
    }
    buf_free(&up.bytes);
}

/* GET /files/<dir>/<name>: who may see the challenge. CTFd asks for a signed address instead. */
void files_download(struct call *c)
{
    char location[LOCATION_SIZE];

    snprintf(location, sizeof(location), "%s/%s", c->request->part[0].text, c->request->part[1].text);
    struct query *q =
        call_query(c,
                   "SELECT f.content FROM files f LEFT JOIN challenges c ON c.id = f.challenge_id"
                   " WHERE f.location = ?1 AND (?2 OR c.state = 'visible')",
                   "ti", location, (int64_t)c->me.admin);
    if (!query_next(q)) {
        call_not_found(c);
    } else {
        const char *text = row_text(q, 0);
        size_t size = strlen(text) / 4 * 3 + 1;
        uint8_t *bytes = malloc(size);
        ptrdiff_t length = bytes ? base64_decode(bytes, size, text, strlen(text)) : -1;
        buf_clear(&c->reply->body);
        if (length >= 0)
            buf_add(&c->reply->body, bytes, (size_t)length);
        else
            c->failed = true;
        c->reply->type = "application/octet-stream";
        free(bytes);
    }
    call_done(c, q);
}
