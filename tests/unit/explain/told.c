#include "unit.h"

#include "told.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/reasons.h"
#include "pkt/csum.h"

struct told told_of(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                    const char *field)
{
    struct told out = {.code = ""};
    struct reasons reasons;
    size_t n = 0;

    reasons_begin(&reasons, rules, packet, v);
    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        if (f->status != FINDING_FAIL || strcmp(f->field->name, field) != 0)
            continue;
        const struct diagnosis *d = reasons_of(&reasons, f, &n);
        CU_ASSERT_FATAL(n > 0);
        out.code = d->code->name;
        memcpy(out.text, d->text, sizeof(out.text));
        memcpy(out.mend, d->mend, sizeof(out.mend));
        break;
    }
    return out;
}

void told_check(const struct told *t, const char *row, const char *code, const char *says, const char *tries)
{
    if (strcmp(t->code, code) != 0 || !strstr(t->text, says) || !strstr(t->mend, tries))
        fprintf(stderr, "%s: told %s \"%s\" try \"%s\"\n", row, t->code, t->text, t->mend);
    CU_ASSERT_STRING_EQUAL(t->code, code);
    CU_ASSERT_PTR_NOT_NULL(strstr(t->text, says));
    CU_ASSERT_PTR_NOT_NULL(strstr(t->mend, tries));
}

size_t told_packet(const struct packet_row *r, uint8_t out[128])
{
    static const uint8_t hex[] = "736d697468";
    size_t n = 20;

    memset(out, 0, 128);
    out[0] = 0x45;
    out[1] = r->ds;
    store_be16(out + 4, r->id);
    store_be16(out + 6, r->word);
    out[8] = 64;
    out[9] = r->proto;
    store_be32(out + 12, STUDENT);
    store_be32(out + 16, TARGET);
    if (r->proto == 6) {
        store_be16(out + 20, 40000);
        store_be16(out + 22, 8081);
        store_be32(out + 24, r->seq);
        store_be32(out + 28, r->ack);
        out[32] = 0x50;
        out[33] = 2;
        memcpy(out + 40, "smith", 5);
        n = 45;
    } else {
        memcpy(out + n, hex, 10);
        n += 10;
    }
    store_be16(out + 2, (uint16_t)n);
    store_be16(out + 10, csum_finish(csum_add(0, out, 20)));
    return n;
}
