#include "httpd/private.h"

struct walk {
    bool (*each)(void *context, const struct httpd_part *part);
    void *context;
    bool refused;
};

static enum MHD_Result piece(void *cls, enum MHD_ValueKind kind, const char *key, const char *filename,
                             const char *content_type, const char *transfer_encoding, const char *data,
                             uint64_t off, size_t size)
{
    struct walk *walk = cls;
    struct httpd_part part = {
        .name = key ? key : "", .filename = filename, .data = data, .length = size, .offset = off};

    (void)kind;
    (void)content_type;
    (void)transfer_encoding;
    walk->refused = !walk->each(walk->context, &part);
    return walk->refused ? MHD_NO : MHD_YES;
}

bool httpd_parts(const struct httpd_request *request,
                 bool (*each)(void *context, const struct httpd_part *part), void *context)
{
    struct walk walk = {each, context, false};
    /* large enough for the headers of a part */
    struct MHD_PostProcessor *post = MHD_create_post_processor(request->connection, 64 * 1024, piece, &walk);

    if (!post)
        return false;
    bool good = MHD_post_process(post, request->body, request->body_len) == MHD_YES;
    /* destroying tells whether the last part was whole */
    good = MHD_destroy_post_processor(post) == MHD_YES && good;
    return good && !walk.refused;
}
