/* Another number than the right one: it belongs elsewhere, to somebody else, or to nobody. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/drawn.h"
#include "explain/said.h"
#include "explain/slip.h"
#include "explain/words.h"
#include "judge/params.h"
#include "judge/rules_private.h"

enum { WIDE = 16 };

/* The TTL where the protocol belongs, and the reverse: two bytes side by side. */
static enum fit neighbours_swapped(const struct suspect *s, struct diagnosis *d)
{
    static const uint8_t usual[] = {32, 60, 64, 128, 255};
    const bool six = s->field->layer == LAYER_IP6;
    const bool ttl = strcmp(s->field->name, six ? "ipv6.hlim" : "ip.ttl") == 0;
    const struct clause *other = clause_of(s->rules, field_find(six   ? ttl ? "ipv6.nxt" : "ipv6.hlim"
                                                                : ttl ? "ip.proto"
                                                                      : "ip.ttl"));
    uint64_t value, theirs;
    bool fits = false;

    if ((!ttl && strcmp(s->field->name, six ? "ipv6.nxt" : "ip.proto") != 0) || !s->header ||
        s->header_length < 10)
        return FIT_NONE;
    theirs = s->header[six ? (ttl ? 6 : 7) : (ttl ? 9 : 8)];
    if (other && suspect_asked(s, other, &value))
        fits = value == s->got;
    else if (!ttl)
        for (size_t i = 0; i < sizeof(usual); i++)
            fits = fits || s->got == usual[i];
    if (!fits || theirs != s->expected)
        return FIT_NONE;
    if (six) {
        suspect_say(d, "next header and hop limit are exchanged: the next header is byte 6");
        suspect_mend(d, "struct.pack('!IHBB16s16s', first, length, next_header, hop_limit, src, dst)");
        return FIT_STRONG;
    }
    suspect_say(d, "TTL and protocol are exchanged: the TTL is byte 8, the protocol byte 9");
    suspect_mend(d, "struct.pack('!BBHHHBBH4s4s', ..., ttl, protocol, 0, source, destination)");
    return FIT_STRONG;
}

/* The source port of an ordinary socket is one that a challenge has, or that a receiver is to have: the
 * program is that challenge's. */
static bool port_of_another(const struct suspect *s, struct diagnosis *d)
{
    const struct field *const to = field_find(s->field->layer == LAYER_UDP ? "udp.dstport" : "tcp.dstport");

    if (rules_kind(s->rules) == TARGET_PACKET || s->field->kind != FIELD_PORT || s->field == to)
        return false;
    for (size_t i = 0; i < rulebook_count(s->rules->book); i++) {
        const struct rules *other = rulebook_at(s->rules->book, i);
        const bool dialled = rules_dial_port(other) == s->got;
        if (other == s->rules || (!dialled && slip_port(other, to) != s->got))
            continue;
        if (dialled)
            suspect_say(d, "%llu is the port at which your receiver waits, in %s", (unsigned long long)s->got,
                        rules_slug(other));
        else
            suspect_say(d, "%llu is the port of the target's, in %s", (unsigned long long)s->got,
                        rules_slug(other));
        suspect_mend(d, "s.bind(('', %llu)): the port that is asked for here",
                     (unsigned long long)s->expected);
        return true;
    }
    return false;
}

/* A number of this student's, or of the class, that another challenge asks for, or the port that it has in
 * the same place: of all numbers of all challenges one is soon met by chance. */
static enum fit of_another_challenge(const struct suspect *s, struct diagnosis *d)
{
    if (port_of_another(s, d))
        return FIT_GOOD;
    for (size_t i = 0; i < rulebook_count(s->rules->book); i++) {
        const struct rules *other = rulebook_at(s->rules->book, i);
        uint64_t values[CLAUSES_MAX] = {0};
        bool mine =
            other != s->rules && s->verdict->student[0] && params_make(other, s->verdict->student, values);
        for (size_t k = 0; other != s->rules && k < other->n; k++) {
            const struct clause *c = &other->clauses[k];
            bool made = c->kind == MATCH_PARAM && (c->per_student ? mine : c->known);
            bool port = c->kind == MATCH_EQUAL && s->field->kind == FIELD_PORT &&
                        c->field->bit == s->field->bit && c->field->kind == FIELD_PORT &&
                        c->a != s->rules->connect;
            if ((!made && !port) || c->field->bits < WIDE || (c->per_student ? values[k] : c->a) != s->got)
                continue;
            suspect_say(d, "this is the value that %s asks for, in %s", rules_slug(other), c->field->name);
            suspect_mend(d, "each challenge has numbers of its own: take those of %s", rules_slug(s->rules));
            return FIT_GOOD;
        }
    }
    return FIT_NONE;
}

/* A clause behind this field in the same header is met by a value that is not 0: what moves a field moves
 * all that is behind it. */
static bool next_is_in_place(const struct suspect *s)
{
    for (size_t i = 0; i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        if (f->status == FINDING_PASS && f->clause && f->clause->spec && f->field->layer == s->field->layer &&
            f->field->bits >= 4 && f->field->kind != FIELD_CHECKSUM_STATUS &&
            f->field->bit >= s->field->bit + s->field->bits && f->got &&
            (f->clause->kind == MATCH_EQUAL || f->clause->kind == MATCH_PARAM))
            return true;
    }
    return false;
}

/* Its value stands in the place of another, of which nobody can say what it should be. */
static enum fit stands_for_another(const struct suspect *s, struct diagnosis *d)
{
    uint64_t value, theirs;

    for (size_t i = 0; s->got > UINT8_MAX && s->expected > UINT16_MAX && i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        if (!c->spec || c == s->clause || c->field->bits != s->field->bits || suspect_asked(s, c, &value) ||
            packet_value(s->packet, c->field, &theirs) != FIELD_OK || theirs != s->expected ||
            !next_is_in_place(s))
            continue;
        suspect_say(d, "the value of %s stands in %s: the two are exchanged", s->field->name, c->field->name);
        return FIT_STRONG;
    }
    return FIT_NONE;
}

/* A number of 32 bits that is made of another field's: in the host's order, a port's, or one more. */
static enum fit of_another_width(const struct suspect *s, struct diagnosis *d)
{
    enum { WRITTEN = 2048, WIDEST = 32 }; /* people write smaller ones by themselves */
    uint64_t value;

    for (size_t i = 0; s->field->bits == WIDEST && s->got >= WRITTEN && i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        if (!c->spec || c == s->clause || c->field->kind == FIELD_CHECKSUM_STATUS || c->field->bits < WIDE ||
            c->field->layer != s->field->layer || !suspect_asked(s, c, &value))
            continue;
        const bool swapped = c->field->bits == WIDEST && __builtin_bswap32((uint32_t)value) == s->got;
        const bool more = c->field->bits == WIDEST && ((value + 1) & UINT32_MAX) == s->got;
        if (!swapped && !more && value != s->got)
            continue;
        suspect_say(d, "%s holds the value that %s must have%s", s->field->name, c->field->name,
                    swapped ? ", with its bytes in the host's order"
                    : more  ? ", and one more"
                            : "");
        if (more)
            suspect_mend(d, "no + 1 of another field: %s has a value of its own, asked for in the text",
                         s->field->name);
        return FIT_STRONG;
    }
    return FIT_NONE;
}

static bool is_source_port(const struct rules *rules, unsigned port)
{
    const struct clause *udp = clause_of(rules, field_find("udp.srcport"));
    const struct clause *c = udp ? udp : clause_of(rules, field_find("tcp.srcport"));

    return c && (c->kind == MATCH_EQUAL || (c->kind == MATCH_PARAM && c->known)) && c->a == port;
}

/* The number that was told, to which more is to be added, and which is no port that anything is sent from. */
static bool is_told_port(const struct rules *rules, unsigned port)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (c->field->kind == FIELD_PORT && c->kind == MATCH_EQUAL && c->plus && c->a - c->plus == port)
            return true;
    }
    return false;
}

/* The port number where the text belongs. */
static enum fit port_as_text(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (!w || !w->port)
        return FIT_NONE;
    suspect_say(d, "%u is the port, and was sent as the text: it belongs elsewhere", w->port);
    if (is_told_port(s->rules, w->port)) {
        suspect_say(
            d, "%u is the number that was told, which says where to send from: the text was told beside it",
            w->port);
        suspect_mend(d, "number, text = line.decode().split(): the second is sent");
    } else if (w->port == s->rules->connect || w->port == rules_dial_port(s->rules))
        suspect_mend(d, "%u is where your listener is bound; send the text that is asked for", w->port);
    else if (is_source_port(s->rules, w->port))
        suspect_mend(d, "s.bind(('', %u)) to send from it; then the text that is asked for", w->port);
    else if (rules_transport(s->rules) == TARGET_DATAGRAM)
        suspect_mend(d, "s.sendto(text, (target, %u))", w->port);
    else
        suspect_mend(d, "s.connect((target, %u)), then s.sendall(text)", w->port);
    return FIT_STRONG;
}

/* Two words of what is summed changed places, one of them the sum: it is as good as before. */
static enum fit exchanged_with_sum(const struct suspect *s, struct diagnosis *d)
{
    const unsigned at = s->field->layer == LAYER_TCP ? 16 : s->field->layer == LAYER_UDP ? 6 : 0;

    if (!s->one || !at || s->field->bits != WIDE || s->header_length < at + 2u || !s->got ||
        load_be16(s->header + at) != s->expected)
        return FIT_NONE;
    bool good = false;
    for (size_t i = 0; i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        /* so it does where all words of the header stand elsewhere, and the text with them */
        if (f->status == FINDING_FAIL && f->field->layer == LAYER_PAYLOAD)
            return FIT_NONE;
        good = good || (f->status == FINDING_PASS && f->field->layer == s->field->layer &&
                        f->field->kind == FIELD_CHECKSUM_STATUS);
    }
    if (!good)
        return FIT_NONE;
    suspect_say(d, "the checksum and the %s are exchanged: a sum over words stays good then",
                s->field->label);
    return FIT_STRONG;
}

static void say_target(const struct suspect *s, struct diagnosis *d)
{
    char want[FIELD_TEXT_SIZE];

    if (packet_dst(s->packet) != s->got) {
        suspect_say(d, "this is the target's address: source and destination are exchanged");
        return;
    }
    suspect_say(d, "this is the target's address, which stands in both places");
    suspect_mend(d, "socket.inet_aton('%s') as the source, the target's behind it",
                 field_text(s->field, s->expected, want));
}

enum fit why_value_swapped_with(const struct suspect *s, struct diagnosis *d)
{
    enum fit fit = FIT_NONE;
    uint64_t value, theirs;

    if (s->kind == MATCH_TEXT)
        return drawn_is_another(s, d) ? FIT_STRONG : port_as_text(s, d);
    if (why_exchanged_neighbours(s, d) != FIT_NONE)
        return FIT_STRONG;
    if (s->one && s->field->bits == 8)
        return neighbours_swapped(s, d);
    if (why_exchanged_with_zero(s, d) != FIT_NONE)
        return FIT_GOOD;
    if (!s->one || !s->got || s->field->bits < WIDE)
        return FIT_NONE;
    fit = exchanged_with_sum(s, d);
    for (size_t i = 0; i < s->rules->n && fit != FIT_STRONG; i++) {
        const struct clause *c = &s->rules->clauses[i];
        if (!c->spec || c == s->clause || c->field->kind == FIELD_CHECKSUM_STATUS ||
            c->field->bits != s->field->bits || !suspect_asked(s, c, &value) || value != s->got)
            continue;
        bool both = packet_value(s->packet, c->field, &theirs) == FIELD_OK && theirs == s->expected;
        fit = both || s->got > 255 ? FIT_STRONG : FIT_WEAK;
        suspect_say(d,
                    both ? "the values of %s and %s are exchanged" : "%s holds the value that %s must have",
                    s->field->name, c->field->name);
        if (rules_kind(s->rules) != TARGET_PACKET && s->field->kind == FIELD_PORT)
            suspect_mend(d, "s.bind(('', source port)); the target's port stands in connect() or sendto()");
    }
    if (fit == FIT_NONE && s->field->kind == FIELD_ADDRESS && s->got == s->rules->class->target) {
        fit = FIT_STRONG;
        say_target(s, d);
    }
    fit = fit == FIT_NONE ? stands_for_another(s, d) : fit;
    fit = fit == FIT_NONE ? of_another_width(s, d) : fit;
    return fit == FIT_NONE ? of_another_challenge(s, d) : fit;
}

/* The field that the bytes so far off are, where what follows both stands in its place: they are not too
 * many. */
static const struct field *in_place_of(const struct suspect *s, int by)
{
    for (size_t i = 0; i < s->rules->n && next_is_in_place(s); i++) {
        const struct field *f = s->rules->clauses[i].field;
        if (s->rules->clauses[i].spec && f->layer == s->field->layer && f->bits == s->field->bits &&
            f->kind != FIELD_CHECKSUM_STATUS && f->bit == s->field->bit + 8 * by)
            return f;
    }
    return NULL;
}

/* The value's own bytes, in network order, found a few bytes before or after their place. By one byte, and
 * with all behind it in place, it is rather its number that is shifted. */
enum fit why_value_misplaced(const struct suspect *s, struct diagnosis *d)
{
    struct diagnosis unused = *d;
    size_t size = s->field->bits / 8u, at = s->field->bit / 8u;
    uint8_t want[8];

    /* of a header that the kernel made nothing is misplaced; its checksum may have any value */
    if (s->rules->challenge->target.kind != TARGET_PACKET)
        return FIT_NONE;
    if (!s->one || s->field->bits % 8 || s->field->bit % 8 || size < 2 || size > 4 || !s->header ||
        s->expected >> (s->field->bits - 8) == 0 || why_value_swapped_with(s, &unused) == FIT_STRONG)
        return FIT_NONE;
    for (size_t i = 0; i < size; i++)
        want[i] = (uint8_t)(s->expected >> 8 * (size - 1 - i));
    for (int by = -4; by <= 4; by++) {
        if ((by < 0 && at < (size_t)-by) || at + size + (size_t)(by + 4) > s->header_length + 4 || !by)
            continue;
        if (memcmp(s->header + at + by, want, size) != 0 || ((by == 1 || by == -1) && next_is_in_place(s)))
            continue;
        int n = by < 0 ? -by : by;
        const struct field *other = in_place_of(s, by);
        if (other) {
            suspect_say(d, "the right value stands in the place of %s", other->name);
            suspect_mend(d, "look at the order of the values given to struct.pack: %s, then %s",
                         by > 0 ? s->field->name : other->name, by > 0 ? other->name : s->field->name);
            return FIT_STRONG;
        }
        suspect_say(d, "the right value stands %d byte%s %s its place: something before it is too %s", n,
                    n == 1 ? "" : "s", by < 0 ? "before" : "after", by < 0 ? "short" : "long");
        suspect_mend(d, s->field->layer == LAYER_IP    ? "struct.calcsize('!BBHHHBBH4s4s') must be 20"
                        : s->field->layer == LAYER_TCP ? "struct.calcsize('!HHLLBBHHH') must be 20"
                                                       : "struct.calcsize('!HHHH') must be 8");
        return FIT_STRONG;
    }
    return FIT_NONE;
}

/* The bits that must be set and those that must not. */
static bool wanted_bits(const struct suspect *s, uint64_t *set, uint64_t *clear)
{
    if (!s->number || (!suspect_is_flags(s) && s->kind != MATCH_MASK) || (!s->one && s->kind != MATCH_MASK))
        return false;
    *set = s->one ? s->expected : s->clause->b;
    *clear = s->one ? field_max(s->field) & ~s->expected : s->clause->a & ~s->clause->b;
    return true;
}

static const char *bits_text(const struct suspect *s, uint64_t bits, char out[FIELD_TEXT_SIZE])
{
    static const char *const names[] = {"more fragments", "don't fragment", "the reserved bit"};

    if (s->field->kind == FIELD_BIT) {
        snprintf(out, FIELD_TEXT_SIZE, "%s", s->field->label);
    } else if (strcmp(s->field->name, "ip.flags") == 0) {
        size_t n = 0;
        for (unsigned i = 0; i < 3; i++)
            if (bits >> i & 1)
                n += (size_t)snprintf(out + n, FIELD_TEXT_SIZE - n, "%s%s", n ? " and " : "", names[i]);
    } else if (s->field->kind == FIELD_FLAGS) {
        field_text(s->field, bits, out);
    } else {
        snprintf(out, FIELD_TEXT_SIZE, "of its bits, 0x%llx", (unsigned long long)bits);
    }
    return out;
}

/* TCP's six flags with URG as the first: of one flag alone that is soon another one's. */
static bool is_from_other_end(const struct suspect *s)
{
    enum { SIX = 6 };
    uint64_t turned = 0;

    for (unsigned i = 0; i < SIX; i++)
        turned |= (s->expected >> i & 1) << (SIX - 1 - i);
    return s->field->layer == LAYER_TCP && turned == s->got;
}

static void mend_flags(const struct suspect *s, struct diagnosis *d)
{
    char text[FIELD_TEXT_SIZE];

    if (s->field->layer == LAYER_IP)
        suspect_mend(d, "flags_offset = (flags << 13) | fragment_offset   # DF is 2, MF is 1");
    else if (s->kind == MATCH_MASK)
        suspect_mend(d, "value = (value & ~0x%llx) | 0x%llx", (unsigned long long)s->clause->a,
                     (unsigned long long)s->clause->b);
    else if (s->field->kind == FIELD_FLAGS && s->one && is_from_other_end(s))
        suspect_mend(d, "flags = %s; FIN is 1, URG 32: from URG on, 1 to 32, it would be what came",
                     field_text(s->field, s->expected, text));
    else if (s->field->kind == FIELD_FLAGS && !s->several)
        suspect_mend(d, "flags = %s", field_text(s->field, s->expected, text));
}

/* 10 for 0b10: decimal digits that are another number's binary ones, two of them at least. */
static bool is_binary_of(uint64_t digits, uint64_t number)
{
    uint64_t value = 0;

    for (uint64_t rest = digits, place = 1; rest; rest /= 10, place *= 2) {
        if (rest % 10 > 1)
            return false;
        value += rest % 10 * place;
    }
    return digits >= 10 && value == number;
}

/* The flags in the lower half of the data offset's byte, and nothing in their own. */
static bool says_flags_elsewhere(const struct suspect *s, struct diagnosis *d)
{
    enum { BYTE = 8, HALF = 0xF, OFFSET = 12 };
    char text[FIELD_TEXT_SIZE];

    if (!s->one || s->field->kind != FIELD_FLAGS || s->field->layer != LAYER_TCP || !s->expected ||
        s->expected > HALF || s->got != s->expected << BYTE || !s->header || s->header_length <= OFFSET)
        return false;
    suspect_say(d, "%s stands in the byte of the data offset, 0x%02x: the flags are the byte behind it",
                field_text(s->field, s->expected, text), s->header[OFFSET]);
    suspect_mend(d, "struct.pack('!BB', 5 << 4, %llu)   # two bytes, or in one H: (5 << 12) | %llu",
                 (unsigned long long)s->expected, (unsigned long long)s->expected);
    return true;
}

enum fit why_value_extra_flags(const struct suspect *s, struct diagnosis *d)
{
    enum { PSH = 0x08 };
    uint64_t set, clear;
    char text[FIELD_TEXT_SIZE];

    if (!wanted_bits(s, &set, &clear) || !(s->got & clear))
        return FIT_NONE;
    suspect_say(d, "%s is set and must not be", bits_text(s, s->got & clear, text));
    mend_flags(s, d);
    if (says_flags_elsewhere(s, d))
        return FIT_GOOD;
    if (s->one && s->field->kind == FIELD_FLAGS && s->got < 0x80 && strchr("FSRPAU", (int)s->got) && s->got) {
        suspect_say(d, "0x%02llx is the letter \"%c\": a flag is a number here, not its letter",
                    (unsigned long long)s->got, (char)s->got);
        return FIT_GOOD;
    }
    if (s->one && is_binary_of(s->got, s->expected)) {
        /* what goes with data in any connection is meant now and then */
        const bool flag = s->field->kind == FIELD_FLAGS && (s->got & clear) == PSH && s->got & s->expected;
        suspect_say(d, "%s%s%llu was written in decimal where its digits are meant in binary: 0b%llu is %llu",
                    flag ? bits_text(s, PSH, text) : "",
                    flag ? " is set and must not be, which only goes with data in a connection; or " : "",
                    (unsigned long long)s->got, (unsigned long long)s->got, (unsigned long long)s->expected);
        return FIT_GOOD;
    }
    return s->several ? FIT_WEAK : FIT_FACT;
}

enum fit why_value_missing_flags(const struct suspect *s, struct diagnosis *d)
{
    uint64_t set, clear;
    char text[FIELD_TEXT_SIZE];

    if (!wanted_bits(s, &set, &clear) || !(set & ~s->got))
        return FIT_NONE;
    suspect_say(d, "%s is not set and must be", bits_text(s, set & ~s->got, text));
    mend_flags(s, d);
    return s->several ? FIT_WEAK : FIT_FACT;
}

enum fit why_value_not_in_range(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE], low[FIELD_TEXT_SIZE], high[FIELD_TEXT_SIZE];

    if (!s->number || s->one || s->kind != MATCH_RANGE)
        return FIT_NONE;
    suspect_say(d, "%s is too %s: %s to %s are allowed", field_text(s->field, s->got, got),
                s->got < s->clause->a ? "small" : "large", field_text(s->field, s->clause->a, low),
                field_text(s->field, s->clause->b, high));
    return FIT_FACT;
}

enum fit why_value_not_allowed(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE];

    if (!s->number || s->kind != MATCH_NOT)
        return FIT_NONE;
    suspect_say(d, "%s is ruled out: any other value is right", field_text(s->field, s->got, got));
    return FIT_FACT;
}
