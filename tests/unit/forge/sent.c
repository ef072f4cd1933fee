#include "unit.h"

#include "sent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "explain/reasons.h"
#include "forge/exchange.h"
#include "pkt/csum.h"

const char *const STUDENTS[N_STUDENTS] = {"smith", "jones", "ng", "garcia-lopez"};

void shop_open(struct shop *s)
{
    *s = (struct shop){0};
    class_practice(&s->class, SOURCE_DIR "/challenges");
    CU_ASSERT_TRUE_FATAL(course_load(&s->course, SOURCE_DIR "/challenges", &s->problems));
    CU_ASSERT_EQUAL_FATAL(keyring_random(&s->ring, NULL), ST_OK);
    s->book = rulebook_compile(&s->course, &s->class, NULL, s->ring, NULL, 0, &s->problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->book);
}

void shop_close(struct shop *s)
{
    rulebook_free(s->book);
    keyring_free(s->ring);
    course_free(&s->course);
    class_free(&s->class);
    problems_free(&s->problems);
}

void put(struct made *m, const void *bytes, size_t n)
{
    memcpy(m->bytes + m->length, bytes, n);
    m->length += n;
}

void as_the_kernel(struct made *m)
{
    store_be16(m->bytes + 2, (uint16_t)m->length);
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP)));
}

void right_packet(const struct shop *s, const char *slug, const char *student, struct made *m)
{
    struct exchange e;

    CU_ASSERT_PTR_NULL_FATAL(
        exchange_build(rulebook_find(s->book, slug), student, SRC, s->class.target, NULL, &e));
    memcpy(m->bytes, e.bytes, e.length);
    m->length = e.length;
}

void pack_tcp(const struct made *right, const char *letters, bool little, bool native, struct made *out)
{
    static const uint8_t at[] = {0, 2, 4, 8, 12, 13, 14, 16, 18}, width[] = {2, 2, 4, 4, 1, 1, 2, 2, 2};
    const uint8_t *tcp = right->bytes + IP;
    size_t sum_at = 0, sum_bytes = 0, value = 0;

    memcpy(out->bytes, right->bytes, IP);
    out->length = IP;
    for (const char *c = letters; *c; c++) {
        size_t n = *c == 'B' ? 1 : *c == 'H' ? 2 : *c == 'Q' ? 8 : native && *c == 'L' ? NATIVE : 4;
        uint64_t v = 0;
        if (*c == 'x') {
            out->bytes[out->length++] = 0;
            continue;
        }
        for (size_t i = 0; i < width[value] && at[value] != SUM_AT; i++)
            v = v << 8 | tcp[at[value] + i];
        while (native && *c != '-' && (out->length - IP) % n)
            out->bytes[out->length++] = 0;
        if (at[value++] == SUM_AT && *c != '-') {
            sum_at = out->length;
            sum_bytes = n;
        }
        for (size_t i = 0; i < n && *c != '-'; i++)
            out->bytes[out->length++] = (uint8_t)(v >> 8 * (little ? i : n - 1 - i));
    }
    put(out, tcp + TCP, right->length - IP - TCP);
    size_t length = out->length - IP;
    uint16_t sum = csum_finish(
        csum_add(csum_pseudo(load_be32(out->bytes + 12), load_be32(out->bytes + 16), 6, (uint16_t)length),
                 out->bytes + IP, length));
    for (size_t i = 0; i < sum_bytes && i < 2; i++)
        out->bytes[sum_at + (little ? i : sum_bytes - 1 - i)] = (uint8_t)(sum >> 8 * i);
    as_the_kernel(out);
}

void expect_nearly_all(const struct tally *tally)
{
    CU_ASSERT_TRUE(tally->told > 0 && tally->wrong * 100 <= tally->told);
}

void expect_told(const struct rules *rules, const struct made *m, const char *code, const char *text,
                 const char *what, struct tally *tally)
{
    struct packet p;
    struct verdict v;
    struct reasons reasons;
    bool said = false;

    packet_decode(&p, LINK_RAW, m->bytes, m->length, m->length);
    judge_packet(rules, &p, SRC, &v);
    CU_ASSERT_FALSE(v.pass);
    reasons_begin(&reasons, rules, &p, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n;
        if (v.findings[i].status != FINDING_FAIL)
            continue;
        const struct diagnosis *d = reasons_of(&reasons, &v.findings[i], &n);
        CU_ASSERT_TRUE_FATAL(n > 0);
        const bool good = strcmp(d->code->name, code) == 0, certain = d->confidence == CONFIDENCE_CERTAIN;
        tally->told++;
        tally->wrong += !good;
        tally->certain += certain;
        if (!good || getenv("WIREGRADE_SHOW"))
            printf("%s: %s %s%s, not %s: %s | %s\n", what, v.findings[i].field->name, d->code->name,
                   certain ? "!" : "", code, d->text, d->mend);
        said = said || strstr(d->text, text) != NULL;
    }
    tally->wrong += !said;
    if (!said)
        printf("%s: nowhere \"%s\"\n", what, text);
}

void tell(const struct rules *rules, const struct made *m, const char *field, char codes[64])
{
    struct packet p;
    struct verdict v;
    struct reasons reasons;

    snprintf(codes, 64, "-");
    packet_decode(&p, LINK_RAW, m->bytes, m->length, m->length);
    judge_packet(rules, &p, SRC, &v);
    reasons_begin(&reasons, rules, &p, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n;
        const struct diagnosis *d = reasons_of(&reasons, &v.findings[i], &n);
        if (n && strcmp(v.findings[i].field->name, field) == 0)
            snprintf(codes, 64, "%s", d->code->name);
    }
}

uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 16);
}
