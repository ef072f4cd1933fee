/* text2pcap takes an offset and bytes, and leaves out what begins with #. */
#include "explain/dump.h"

#include <stdio.h>
#include <string.h>

enum { ROW = 16, DUMP_MAX = 256 };

static bool is_marked(const struct verdict *v, size_t at)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        if (f->status == FINDING_FAIL && at >= f->offset && at < (size_t)f->offset + f->length)
            return true;
    }
    return false;
}

static size_t first_marked(const struct packet *packet, const struct verdict *v)
{
    for (size_t at = 0; at < packet->length; at++)
        if (is_marked(v, at))
            return at;
    return 0;
}

/* The names of fields that begin to fail in these bytes. */
static void put_names(const struct verdict *v, size_t from, size_t to, struct buf *out)
{
    const char *before = " ";

    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        if (f->status != FINDING_FAIL || !f->length || f->offset < from || f->offset >= to)
            continue;
        buf_printf(out, "%s%s", before, f->field->name);
        before = ", ";
    }
}

static void put_row(const struct packet *packet, const struct verdict *v, size_t base, size_t from, size_t to,
                    struct buf *out)
{
    bool marked = false;

    buf_printf(out, "%04zx  ", from - base);
    for (size_t at = from; at < to; at++) {
        buf_printf(out, "%02x ", packet->frame[at]);
        marked = marked || is_marked(v, at);
    }
    buf_puts(out, "\n");
    if (!marked)
        return;
    buf_puts(out, "#     ");
    for (size_t at = from; at < to; at++)
        buf_puts(out, is_marked(v, at) ? "^^ " : "   ");
    put_names(v, from, to, out);
    buf_puts(out, "\n");
}

void dump_frame(const struct packet *packet, const struct verdict *v, struct buf *out)
{
    size_t mark = first_marked(packet, v), from = 0, to = packet->length;

    if (to > DUMP_MAX) {
        from = mark < DUMP_MAX ? 0 : mark / ROW * ROW;
        to = from + DUMP_MAX < to ? from + DUMP_MAX : to;
    }
    if (from)
        /* text2pcap begins a packet at 0000 only */
        buf_printf(out, "# bytes 0 to %zu left out; 0000 is byte %zu of the frame\n", from - 1, from);
    for (size_t at = from; at < to; at += ROW)
        put_row(packet, v, from, at, at + ROW < to ? at + ROW : to, out);
    if (to < packet->length)
        buf_printf(out, "# bytes %zu to %u left out\n", to, packet->length - 1u);
}
