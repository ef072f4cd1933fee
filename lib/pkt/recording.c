#include "pkt/recording.h"

#include <stdlib.h>

#include "pkt/classic.h"
#include "pkt/foreign.h"
#include "pkt/pcapng.h"
#include "pkt/source.h"

enum { MAGIC_BYTES = 4 };

struct recording {
    struct source source;
    struct classic classic;
    struct pcapng pcapng;
    bool is_pcapng;
};

static enum status recognise(struct recording *r, const char *path, struct err *err)
{
    const uint8_t *magic = source_peek(&r->source, MAGIC_BYTES);

    r->is_pcapng = magic && pcapng_magic(magic, MAGIC_BYTES);
    if (r->is_pcapng)
        return ST_OK;
    if (magic && classic_magic(magic, MAGIC_BYTES)) {
        if (classic_open(&r->classic, &r->source, err) == ST_OK)
            return ST_OK;
        return err_prefix(err, "%s", path);
    }
    if (r->source.trouble.status)
        return err_set(err, ST_INPUT, "%s: %s", path, r->source.trouble.text);
    return foreign_err(&r->source, path, err);
}

enum status recording_open(struct recording **out, const char *path, struct err *err)
{
    struct recording *r = calloc(1, sizeof(*r));

    *out = NULL;
    if (!r)
        return err_set(err, ST_ENV, "no memory for a capture");
    enum status st = source_open(&r->source, path, err);
    if (st != ST_OK) {
        free(r);
        return st;
    }
    pcapng_open(&r->pcapng);
    if ((st = recognise(r, path, err)) == ST_OK)
        *out = r;
    else
        recording_close(r);
    return st;
}

void recording_close(struct recording *r)
{
    if (!r)
        return;
    pcapng_close(&r->pcapng);
    source_close(&r->source);
    free(r);
}

int recording_next(struct recording *r, struct frame *frame, struct err *err)
{
    return r->is_pcapng ? pcapng_next(&r->pcapng, &r->source, frame, err)
                        : classic_next(&r->classic, &r->source, frame, err);
}

bool recording_link_type(const struct recording *r, uint32_t *out)
{
    *out = r->classic.link_type;
    return !r->is_pcapng;
}

uint64_t recording_offset(const struct recording *r)
{
    return source_offset(&r->source);
}
