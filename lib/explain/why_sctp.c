/* What an INIT of SCTP says of its own length, and what stands beside it (RFC 9260, section 3.3.2). */
#include <string.h>

#include "base/cursor.h"
#include "explain/said.h"
#include "pkt/sctp.h"

static bool named(const struct suspect *s, const char *field)
{
    return strcmp(s->field->name, field) == 0;
}

static bool counts_padding(const struct suspect *s)
{
    return (s->finding->fault == FAULT_BAD_CHUNK || s->finding->fault == FAULT_BAD_PARAMETER) && s->one &&
           s->got == (s->expected + 3) / 4 * 4;
}

/* Zeros beyond those that fill the chunk of this length up; 0 where there are none, or anything else. */
static size_t zeros_behind(const struct suspect *s, unsigned chunk)
{
    enum { COMMON = 12, FILL = 4 };
    const struct span *sctp = &s->packet->layers[LAYER_SCTP];
    const size_t end = COMMON + ((size_t)chunk + 3) / 4 * 4;

    if (end + FILL > sctp->length || chunk < COMMON)
        return 0;
    for (size_t i = end; i < sctp->length; i++)
        if (s->packet->frame[sctp->offset + i])
            return 0;
    return sctp->length - end;
}

/* Of an INIT's chunk and of the parameter in it; padding that is counted, and another chunk, have a word of
 * their own. */
enum fit why_sctp_length(const struct suspect *s, struct diagnosis *d)
{
    struct sctp_init init;

    if (counts_padding(s))
        return FIT_NONE;
    if (!sctp_init_read(&init, s->packet)) {
        suspect_say(d, "the chunk length is %u: no more than there is, and 4 at least",
                    (unsigned)s->finding->got);
        suspect_mend(d, "chunk_length = 4 + len(value)   # type, flags and length count, padding does not");
        return FIT_FACT;
    }
    if (s->finding->fault == FAULT_BAD_PARAMETER) {
        suspect_say(d, "the parameter length is %u: its type, its length and its value are %u bytes",
                    init.parameter, init.parameter_right);
        suspect_mend(d, "struct.pack('!HH', type, 4 + len(value)) + value");
        return FIT_FACT;
    }
    if (init.chunk == init.chunk_right && init.missing) {
        suspect_say(d, "the INIT ends after %u bytes: %u zero byte%s must fill it up to a multiple of 4",
                    init.chunk_right, init.missing, init.missing == 1 ? "" : "s");
        suspect_mend(d,
                     "chunk += bytes(-len(chunk) %% 4)   # its length and the parameter's do not count them");
        return FIT_FACT;
    }
    if (init.chunk == init.chunk_right)
        return FIT_NONE;
    const size_t zeros = zeros_behind(s, init.chunk);
    if (zeros) {
        suspect_say(d, "%zu zero bytes too many stand behind the INIT: it is filled up to a multiple of 4",
                    zeros);
        suspect_mend(d, "chunk += bytes(-len(chunk) %% 4)   # no more than 3");
        return FIT_FACT;
    }
    suspect_say(d,
                "the chunk length is %u: the INIT with its first four bytes and its parameters is %u bytes",
                init.chunk, init.chunk_right);
    suspect_mend(d, "chunk_length = 20 + len(parameter)   # the padding behind it does not count");
    return FIT_FACT;
}

bool why_sctp_says_bare(const struct suspect *s, struct diagnosis *d)
{
    enum { HEAD = 4 };
    const struct span *sctp = &s->packet->layers[LAYER_SCTP],
                      *parameter = &s->packet->layers[LAYER_SCTP_PARAMETER];
    size_t end = (size_t)sctp->offset + sctp->length;

    if (!named(s, "sctp.parameter_type") || !parameter->present || end > s->packet->length)
        return false;
    while (end > parameter->offset && !s->packet->frame[end - 1])
        end--;
    for (size_t i = parameter->offset; i < end; i++)
        if (s->packet->frame[i] <= ' ' || s->packet->frame[i] > '~')
            return false;
    if (end < (size_t)parameter->offset + HEAD)
        return false;
    suspect_say(d,
                "a text begins here: in front of it belong the parameter's type and length, two bytes each");
    suspect_mend(d, "struct.pack('!HH', type, 4 + len(value)) + value");
    return true;
}

/* Zeros that fill the parameter up, read as a part of its text: then both lengths count them. */
static bool text_has_padding(const struct suspect *s)
{
    enum { FILL = 4 };
    size_t zeros = 0;

    if (s->field->layer != LAYER_PAYLOAD || !s->packet->layers[LAYER_SCTP_PARAMETER].present || !s->bytes)
        return false;
    while (zeros < s->length && !s->bytes[s->length - 1 - zeros])
        zeros++;
    return zeros && zeros < FILL && zeros < s->length && s->length % FILL == 0;
}

enum fit why_header_padding_counted(const struct suspect *s, struct diagnosis *d)
{
    if (counts_padding(s))
        return FIT_STRONG;
    if (!text_has_padding(s))
        return FIT_NONE;
    suspect_say(d, "the lengths of parameter and chunk count the zero bytes that fill up: they are no text");
    return FIT_STRONG;
}

/* Another chunk stands first, and the INIT behind it. */
static bool init_is_second(const struct suspect *s)
{
    enum { COMMON = 12, HEAD = 4, INIT = 1 };
    const struct span *sctp = &s->packet->layers[LAYER_SCTP];

    if (!named(s, "sctp.chunk_type") || !s->one || s->expected != INIT || sctp->length < COMMON + HEAD)
        return false;
    const uint8_t *chunk = s->packet->frame + sctp->offset + COMMON;
    const size_t second = ((size_t)load_be16(chunk + 2) + 3) / 4 * 4;
    return second >= HEAD && COMMON + second + HEAD <= sctp->length && chunk[second] == INIT &&
           load_be16(chunk + second + 2) + COMMON + second <= sctp->length;
}

enum fit why_header_bundled_chunk(const struct suspect *s, struct diagnosis *d)
{
    struct sctp_init init;

    if (init_is_second(s)) {
        suspect_say(d, "a chunk of type %u stands before the INIT, which must be alone in its packet",
                    (unsigned)s->got);
        return FIT_STRONG;
    }
    if (s->finding->fault != FAULT_BAD_CHUNK || !sctp_init_read(&init, s->packet) || !init.behind)
        return FIT_NONE;
    suspect_say(d, "%u bytes follow the INIT, and read like a chunk: an INIT must be alone in its packet",
                init.behind);
    return FIT_FACT;
}
