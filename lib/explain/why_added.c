/* A number that was told in a try, to which another is to be added: it came without, or they were put
 * together otherwise. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "explain/said.h"
#include "explain/slip.h"
#include "explain/words.h"
#include "judge/rules_private.h"
#include "judge/talk.h"

/* A number that was told before, to which more must be added: it came as it was told. */
bool why_added_not(const struct suspect *s)
{
    return s->one && s->clause && s->clause->plus && s->kind == MATCH_EQUAL &&
           ((s->got + s->clause->plus) & field_max(s->field)) == s->expected;
}

/* The same of a number that is sent as text. */
static enum fit text_not_added(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    const unsigned long long plus = s->clause->plus;
    char text[24];
    uint64_t got, want;
    size_t length;

    if (!w || !words_judged(s, &length) || length >= sizeof(text))
        return FIT_NONE;
    memcpy(text, s->bytes, length);
    text[length] = '\0';
    const unsigned bits = s->rules->names[s->clause->name].bits;
    const uint64_t mask = bits && bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
    if (parse_u64(text, mask, &got) != PARSE_OK || parse_u64(w->want, UINT64_MAX, &want) != PARSE_OK ||
        ((got + plus) & mask) != want)
        return FIT_NONE;
    suspect_say(d, "%s is the number as it was told before: %llu must be added to it", text, plus);
    suspect_mend(d, "str(int(told) + %llu).encode()", plus);
    return FIT_STRONG;
}

/* The port that it was sent to. */
static uint64_t target_port(const struct suspect *s)
{
    uint64_t port = 0;

    packet_value(s->packet, field_find(s->field->layer == LAYER_UDP ? "udp.dstport" : "tcp.dstport"), &port);
    return port;
}

/* str(told) + "1", as much of it as the field holds. */
static bool is_appended(const struct suspect *s, uint64_t plus)
{
    const uint64_t told = (s->expected - plus) & field_max(s->field);
    uint64_t tens = 10;

    while (tens <= plus)
        tens *= 10;
    return ((told * tens + plus) & field_max(s->field)) == s->got;
}

enum fit why_number_not_added(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE];

    if (s->clause && s->clause->plus && s->kind == MATCH_TEXT)
        return text_not_added(s, d);
    if (!s->one || !s->clause || !s->clause->plus || s->kind != MATCH_EQUAL)
        return FIT_NONE;
    enum { SMALL = 256 };
    const unsigned long long plus = s->clause->plus;
    const bool less = ((s->got + 2 * s->clause->plus) & field_max(s->field)) == s->expected;
    const bool alone = s->got == plus && plus >= SMALL;
    const bool appended = is_appended(s, plus);
    const bool theirs = s->field->kind == FIELD_PORT && s->got == target_port(s) + plus;
    if (!why_added_not(s) && !less && !alone && !theirs && !appended)
        return FIT_NONE;
    field_text(s->field, s->got, got);
    if (appended) {
        suspect_say(d, "%llu was put behind the number that was told as a digit, and not added",
                    (unsigned long long)plus);
        suspect_mend(d, "int(told) + %llu: of two texts + makes one", plus);
        return FIT_STRONG;
    }
    if (theirs)
        suspect_say(d, "%s is the target's port and %llu: it is the number that was told that counts", got,
                    plus);
    else if (alone)
        suspect_say(d, "%s is what must be added, and the number that was told is not in it", got);
    else if (less)
        suspect_say(d, "%s is %llu less than the number that was told: it must be %llu more", got, plus,
                    plus);
    else
        suspect_say(d, "%s is the number as it was told before: %llu must be added to it", got, plus);
    suspect_mend(d,
                 s->field->kind == FIELD_PORT
                     ? "another socket: t.bind(('', told + %llu)), and send through that one: t.sendto(...)"
                     : "told + %llu",
                 plus);
    return FIT_STRONG;
}

/* A small number, but another than is asked for: the length of the word, ten. */
static bool says_other_added(const struct suspect *s, uint64_t told, struct diagnosis *d)
{
    enum { SMALL = 16 };
    const uint64_t added = (s->got - told) & field_max(s->field);

    const char *slip = slip_digits(s->got, s->expected, false);
    if (!added || added > SMALL || s->clause->plus > SMALL || (slip && strstr(slip, "changed places")))
        return false;
    suspect_say(d, "%llu is the number that was told, %llu, and %llu: %llu must be added",
                (unsigned long long)s->got, (unsigned long long)told, (unsigned long long)added,
                (unsigned long long)s->clause->plus);
    suspect_mend(d, "told + %llu", (unsigned long long)s->clause->plus);
    return true;
}

/* How a number that was told and one that is added were put together, where it was in another way. */
bool why_added_says(const struct suspect *s, struct diagnosis *d)
{
    enum { BYTE = 8, LOWER = 0x2020, AA = 0x4141, ZZ = 0x5a5a };
    const struct talk *talk = s->rules->talk;

    if (!s->one || !suspect_is_bound(s) || !talk || !s->clause->plus)
        return false;
    const uint64_t told = (s->expected - s->clause->plus) & field_max(s->field), plus = s->clause->plus;
    if (says_other_added(s, told, d))
        return true;
    if (plus == 1)
        return false;
    char hex[FIELD_TEXT_SIZE];
    snprintf(hex, sizeof(hex), "%llu", (unsigned long long)told);
    uint64_t as_hex = 0;
    for (const char *at = hex; *at; at++)
        as_hex = as_hex * 16 + (uint64_t)(*at - '0');
    const uint64_t small = plus >= AA && plus <= ZZ ? plus | LOWER : plus;
    const uint64_t other = small != plus ? __builtin_bswap16((uint16_t)plus) : plus;
    const struct {
        uint64_t value;
        const char *how;
    } rows[] = {{plus - told, "it was subtracted"},
                {plus ^ told, "it was taken by XOR"},
                {plus + (told << BYTE), "it was added to the upper byte"},
                {plus + (told << BYTE) + told, "it was added to both bytes"},
                {plus + as_hex, "it is decimal, and was read as hex"},
                {small + told, "the letters are small ones, and capitals are asked for"},
                {other + told, "the letters stand in the other order: the first is the upper byte"},
                {plus + 2 * told, "it was added twice"},
                {plus + 3 * told, "it was added three times"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if ((rows[i].value & field_max(s->field)) != s->got)
            continue;
        suspect_say(d, "%llu was told, and %llu goes with it: %s", (unsigned long long)told,
                    (unsigned long long)plus, rows[i].how);
        suspect_mend(d, "%llu + %llu", (unsigned long long)told, (unsigned long long)plus);
        return true;
    }
    return false;
}

static uint64_t swapped(uint64_t value, unsigned bits)
{
    return __builtin_bswap64(value) >> (64 - bits);
}

/* In C what stands in a header is in network byte order: one is added to the upper byte there. */
bool why_added_swapped(const struct suspect *s, struct diagnosis *d)
{
    const unsigned bits = s->field->bits;

    if (!s->one || !suspect_is_bound(s) || !s->clause->plus || bits % 16 || s->kind != MATCH_EQUAL)
        return false;
    const uint64_t mask = field_max(s->field), plus = s->clause->plus, told = (s->expected - plus) & mask;
    const bool inside = s->got == swapped((swapped(told, bits) + plus) & mask, bits);
    /* one byte exchanged with nothing is one that was added to the upper byte */
    const bool before = told > UINT8_MAX && s->got == ((swapped(told, bits) + plus) & mask);
    if (s->got == s->expected || (!inside && !before))
        return false;
    const char *to = bits == 16 ? "ntohs" : "ntohl";
    if (inside)
        suspect_say(
            d, "%llu was added to %llu as it stands in its header, in network byte order: to its first byte",
            (unsigned long long)plus, (unsigned long long)told);
    else
        suspect_say(d, "the bytes of %llu were exchanged, and %llu was added to that",
                    (unsigned long long)told, (unsigned long long)plus);
    suspect_mend(d, "in C %s(%s(told) + %llu); in Python the plain number", bits == 16 ? "htons" : "htonl",
                 to, (unsigned long long)plus);
    return true;
}
