#include "forge/frames.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "forge/exchange.h"
#include "forge/imply.h"
#include "judge/filtered.h"

enum { SHOWN_EACH = 2, NUMBERS_MAX = 64, SEEN_MAX = 160, ANY_SOURCE = 0x0A0A0028 };
#define ANY_TARGET 0xAC10010Fu

struct frames {
    const struct rules *rules;
    const char *student;
    const struct clause *clause;
    bool (*each)(void *context, const struct clause_spec *clause, const struct change *change,
                 const char *how);
    void *context;
    char how[FIELD_TEXT_SIZE + 64];
    uint16_t shown[FILTER_PARTS_MAX];
    uint64_t numbers[NUMBERS_MAX]; /* that stand in the filter */
    size_t n_numbers;
    uint64_t seen[SEEN_MAX]; /* values of this field that were tried */
    size_t n_seen;
    bool stopped;
};

/* The parts of the filter for which such a packet would be refused; false: it would not. */
static bool is_refused(struct frames *m, const struct change *change, size_t parts[FILTER_PARTS_MAX],
                       size_t *n)
{
    const struct filtered *filtered = m->clause->filtered;
    struct exchange e;
    struct packet packet;
    uint64_t says;

    if (exchange_build(m->rules, m->student, ANY_SOURCE, ANY_TARGET, change, &e))
        return false;
    packet_decode(&packet, e.link, e.bytes, e.length, e.length);
    if (filtered_judge(filtered, &packet, &says) != FINDING_FAIL)
        return false;
    *n = filter_blame(filtered->filter, &packet, parts);
    if (!*n) /* the whole */
        parts[(*n)++] = 0;
    return true;
}

/* A value in a field, when it shows a part of the filter that few others have shown. */
static void frame_with(struct frames *m, const struct field *f, uint64_t value)
{
    struct change change = {.field = m->clause->field, .kind = CHANGE_FIELDS, .n_fields = 1};
    size_t parts[FILTER_PARTS_MAX], n;
    bool new = false;
    char text[FIELD_TEXT_SIZE];

    for (size_t i = 0; i < m->n_seen; i++)
        if (m->seen[i] == value)
            return;
    if (m->stopped || value > field_max(f) || value % f->scale || (value == 0 && imply_kernels(f)))
        return;
    change.fields[0].field = f;
    change.fields[0].value = value;
    if (m->n_seen < SEEN_MAX)
        m->seen[m->n_seen++] = value;
    if (!is_refused(m, &change, parts, &n))
        return;
    for (size_t i = 0; i < n; i++)
        new = new || m->shown[parts[i]]++ < SHOWN_EACH;
    if (!new)
        return;
    snprintf(m->how, sizeof(m->how), "%s is %s", f->name, field_text(f, value, text));
    m->stopped = !m->each(m->context, m->clause->spec, &change, m->how);
}

/* What a filter compares with is what its borders are made of. */
static void read_numbers(struct frames *m)
{
    for (const char *at = filter_text(m->clause->filtered->filter); *at && m->n_numbers < NUMBERS_MAX;) {
        char word[24];
        size_t n = strspn(at, "0123456789abcdefxABCDEFX");
        if (n && n < sizeof(word)) {
            memcpy(word, at, n);
            word[n] = '\0';
            m->n_numbers += parse_u64(word, UINT32_MAX, &m->numbers[m->n_numbers]) == PARSE_OK;
        }
        at += n ? n : 1;
    }
}

/* Every value of a field that is near the right one, or near a number of the filter's. */
static void frame_field(struct frames *m, const struct field *f, uint64_t right)
{
    m->n_seen = 1;
    m->seen[0] = right;
    frame_with(m, f, right + f->scale);
    frame_with(m, f, right - f->scale);
    for (size_t i = 0; i < m->n_numbers; i++)
        for (uint64_t value = m->numbers[i] - (m->numbers[i] > 0); value <= m->numbers[i] + 1; value++)
            frame_with(m, f, value);
    frame_with(m, f, 0);
    frame_with(m, f, field_max(f));
    for (unsigned bit = 0; bit < f->bits; bit++)
        frame_with(m, f, right ^ (uint64_t)f->scale << bit);
}

/* Packets that the filter refuses, and no other clause: one field of the right one differs. */
static void frames(struct frames *m)
{
    struct exchange right;
    struct packet packet;

    if (exchange_build(m->rules, m->student, ANY_SOURCE, ANY_TARGET, NULL, &right))
        return;
    packet_decode(&packet, right.link, right.bytes, right.length, right.length);
    read_numbers(m);
    for (size_t i = 0; i < N_FIELDS; i++) {
        const struct field *f = &FIELDS[i];
        uint64_t value;
        if (imply_nothing(m->rules, f) && packet_value(&packet, f, &value) == FIELD_OK)
            frame_field(m, f, value);
    }
}

bool frames_each(const struct rules *rules, const char *student, const struct clause *clause,
                 bool (*each)(void *context, const struct clause_spec *clause, const struct change *change,
                              const char *how),
                 void *context)
{
    struct frames m = {
        .rules = rules, .student = student, .clause = clause, .each = each, .context = context};

    frames(&m);
    return !m.stopped;
}
