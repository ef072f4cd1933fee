#include "pkt/gunzip.h"

#include <stdlib.h>
#include <zlib.h>

/* inflateInit2's 15 bits of window, and 16 for gzip's own header and checksum instead of zlib's. */
enum { WINDOW_GZIP = 15 + 16 };

struct gunzip {
    z_stream z;
    bool whole;
};

struct gunzip *gunzip_open(void)
{
    struct gunzip *gunzip = calloc(1, sizeof(*gunzip));

    if (gunzip && inflateInit2(&gunzip->z, WINDOW_GZIP) != Z_OK) {
        free(gunzip);
        return NULL;
    }
    return gunzip;
}

void gunzip_close(struct gunzip *gunzip)
{
    if (gunzip)
        inflateEnd(&gunzip->z);
    free(gunzip);
}

bool gunzip_magic(const uint8_t *bytes, size_t length)
{
    return length >= 3 && bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == Z_DEFLATED;
}

bool gunzip_whole(const struct gunzip *gunzip)
{
    return gunzip->whole;
}

ptrdiff_t gunzip_step(struct gunzip *gunzip, struct cursor *in, uint8_t *out, size_t room, const char **why)
{
    z_stream *z = &gunzip->z;
    int code = Z_OK;

    z->next_out = out;
    z->avail_out = (uInt)room;
    /* a member that is ended, or that gives nothing, is no reason to come back empty: that means "more" */
    while (in->left && z->avail_out == room && code == Z_OK) {
        if (gunzip->whole)
            inflateReset(z);
        gunzip->whole = false;
        z->next_in = (Bytef *)in->at; /* zlib does not write there */
        z->avail_in = (uInt)in->left;
        code = inflate(z, Z_NO_FLUSH);
        cursor_pull(in, in->left - z->avail_in);
        if (code == Z_STREAM_END) {
            gunzip->whole = true;
            code = Z_OK;
        }
    }
    if (z->avail_out < room || code == Z_OK || code == Z_BUF_ERROR)
        return (ptrdiff_t)(room - z->avail_out);
    *why = code == Z_MEM_ERROR ? "no memory" : z->msg ? z->msg : "it wants a dictionary";
    return -1;
}
