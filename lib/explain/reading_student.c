/* Whose near miss it may be. A handle that merely stands somewhere is no proof: it is good for telling what
 * was wrong, and for nothing else. */
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "explain/reading.h"
#include "judge/judge.h"
#include "judge/rules_private.h"
#include "judge/text.h"

/* The shortest handle that is sought, and the shortest that may stand within a word. */
enum { LEAST = 3, LEAST_WITHIN = 4, WORD_MAX = 256 };

/* The best handle so far: whole words before parts of words, long ones before short ones. */
struct seeker {
    const struct rules *rules;
    char *out;
    size_t length;
    bool whole;
};

static bool is_letter(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static bool is_code(uint8_t c)
{
    return is_letter(c) || c == '+' || c == '/' || c == '=';
}

static void offer(struct seeker *s, const uint8_t *word, size_t n, bool whole)
{
    char handle[NAME_MAX_LEN + 1];

    if (n < (whole ? (size_t)LEAST : (size_t)LEAST_WITHIN) || n > NAME_MAX_LEN || whole < s->whole ||
        (whole == s->whole && n <= s->length))
        return;
    memcpy(handle, word, n);
    handle[n] = '\0';
    ascii_lower(handle);
    if (!handle_valid(handle) || !roster_find(s->rules->roster, handle))
        return;
    memcpy(s->out, handle, n + 1);
    s->length = n;
    s->whole = whole;
}

/* The words of a text, and what stands within them. */
static void seek_words(struct seeker *s, const uint8_t *text, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        size_t n = 0;
        while (at + n < length && is_letter(text[at + n]))
            n++;
        offer(s, text + at, n, true);
        for (size_t from = 0; from < n && !s->whole; from++)
            for (size_t size = n - from; size >= LEAST_WITHIN && size > s->length; size--)
                offer(s, text + at + from, size, false);
        at += n;
    }
}

/* A run of letters that an encoding may have made: each beginning is tried, for header bytes that happen to
 * be letters may stand before it. */
static void seek_decoded(struct seeker *s, const uint8_t *run, size_t length)
{
    uint8_t text[WORD_MAX];

    for (size_t from = 0; from + LEAST < length && from < LEAST_WITHIN * 2; from++) {
        ptrdiff_t n = hex_decode(text, sizeof(text), (const char *)run + from, length - from);
        if (n > 0)
            seek_words(s, text, (size_t)n);
        n = base64_decode(text, sizeof(text), (const char *)run + from, length - from);
        if (n > 0)
            seek_words(s, text, (size_t)n);
    }
}

static bool on_the_roster(const struct rules *rules, const uint8_t *bytes, size_t length, char *out)
{
    struct seeker s = {.rules = rules, .out = out};

    for (size_t at = 0; at < length; at++) {
        size_t n = 0;
        while (at + n < length && n < WORD_MAX && is_code(bytes[at + n]))
            n++;
        if (n >= LEAST) {
            seek_words(&s, bytes + at, n);
            seek_decoded(&s, bytes + at, n);
        }
        at += n;
    }
    return s.length > 0;
}

/* Without a roster nearly every word is a handle: only the challenge's own text, whole, at the end. */
static bool at_the_end(const struct rules *rules, const uint8_t *bytes, size_t length, char *out)
{
    const struct clause *named = rules->named;
    uint8_t text[TEXT_MAX];
    size_t n = 0;

    if (!named || !named->after)
        return false;
    while (n < length && n < WORD_MAX && (is_code(bytes[length - n - 1]) || bytes[length - n - 1] == ' '))
        n++;
    ptrdiff_t got = text_read(named, named->encoding, named->trim, bytes + length - n, n, text);
    return got > 0 && text_handle(named, text, (size_t)got, out) && strlen(out) >= LEAST;
}

/* A text may end where the total length says, and not where it was sent. */
static bool is_cut(const struct packet *packet)
{
    for (size_t at = undone_end(packet); at < packet->length; at++)
        if (packet->frame[at])
            return true;
    return false;
}

bool reading_doubts(const struct rules *rules, const struct packet *packet, const struct verdict *verdict)
{
    const struct span *ip = &packet->layers[LAYER_IP];
    bool own = false, other = ip->present && ip->complete && is_cut(packet);

    if (verdict->pass || verdict->given || rules->challenge->target.identify != IDENTIFY_TEXT ||
        rules_kind(rules) != TARGET_PACKET)
        return false;
    if (!verdict->student[0] || verdict->by_address)
        return true;
    for (size_t i = 0; i < verdict->n; i++) {
        const struct finding *f = &verdict->findings[i];
        const bool is_own = f->clause && f->clause->kind == MATCH_PARAM && f->clause->per_student;
        if (is_own && f->status == FINDING_PASS)
            return false;
        own = own || (is_own && f->status == FINDING_FAIL);
        other = other || (!is_own && f->clause != rules->named && f->status == FINDING_FAIL);
    }
    return own && other;
}

void reading_judge(const struct rules *rules, const struct packet *packet, struct verdict *verdict)
{
    struct mended reading;
    struct verdict again;

    if (!reading_doubts(rules, packet, verdict) || !reading_find(&reading, rules, packet, verdict) ||
        !reading.sure || !reading.verdict.student[0] || reading.verdict.by_address ||
        reading.verdict.uncertain || strcmp(reading.verdict.student, verdict->student) == 0)
        return;
    judge_packet_for(rules, packet, reading.verdict.student, &again);
    if (!again.pass)
        *verdict = again;
}

bool reading_student(const struct rules *rules, const struct packet *packet, char out[NAME_MAX_LEN + 1])
{
    const struct span *ip = &packet->layers[LAYER_IP];
    struct verdict v;
    struct mended reading;

    judge_quickly(rules, packet, packet_src(packet), &v);
    if (reading_find(&reading, rules, packet, &v) && reading.verdict.student[0])
        return str_copy(out, NAME_MAX_LEN + 1, reading.verdict.student);
    if (v.student[0])
        return str_copy(out, NAME_MAX_LEN + 1, v.student);
    out[0] = '\0';
    if (rules->challenge->target.identify != IDENTIFY_TEXT || !ip->present || !ip->complete ||
        packet->length > UNDONE_MAX)
        return false;
    const size_t from = (size_t)ip->offset + ip->length, end = undone_end(packet);
    if (from >= end)
        return false;
    if (rules->roster)
        return on_the_roster(rules, packet->frame + from, end - from, out);
    return at_the_end(rules, packet->frame + from, end - from, out);
}
