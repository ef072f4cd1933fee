/* A number that shares its byte or its two bytes with others: shifted too little, too far, or counted in
 * other units. What the whole unit holds is asked, not the field alone: it tells the cases apart, and the
 * cause is then told in the same words of every field that it made wrong. */
#include <string.h>

#include "explain/said.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

enum { WIDE = 16, HEADER_BYTES = 20 };

/* A field whose value stands in its unit `by` bits from the right, where `below` are meant. */
struct shifted {
    const struct field *field;
    uint64_t value;
    unsigned bits, below, by;
    bool right; /* the wrong way, off the end of the byte */
};

/* Only these two words hold fields of both of their bytes (flags and offset, offset and flags). */
static bool is_word(const struct field *field)
{
    return (field->layer == LAYER_IP && field->bit >= 48 && field->bit < 64) ||
           (field->layer == LAYER_TCP && field->bit >= 96 && field->bit < 112);
}

static bool find_shift(const struct suspect *s, const struct field *field, uint64_t value, unsigned bits,
                       struct shifted *out)
{
    const uint64_t top = ((uint64_t)1 << bits) - 1;
    uint64_t unit;
    unsigned below;

    if (!value || !suspect_unit_of(s, field, bits, &unit, &below) || !below)
        return false;
    const uint64_t rest = suspect_rest(s, field, bits);
    for (unsigned by = 0; by <= 2 * below && by < bits; by++)
        if (by != below && (value << by & top) && unit == ((value << by & top) | rest)) {
            *out = (struct shifted){field, value, bits, below, by, false};
            return true;
        }
    *out = (struct shifted){field, value, bits, below, below, true};
    return bits == 8 && value >> below && unit == value >> below;
}

static bool in_unit(const struct suspect *s, const struct field *field, unsigned bits)
{
    unsigned first = field->bit / bits * bits;

    return s->field->layer == field->layer && s->field->bits && s->field->bit < first + bits &&
           s->field->bit + s->field->bits > first;
}

/* The field itself, or another that spilt over into it. */
static bool shifted_of(const struct suspect *s, struct shifted *out)
{
    uint64_t value;

    if (s->finding->absent || !s->header || s->field->kind == FIELD_CHECKSUM_STATUS)
        return false;
    for (unsigned bits = 8; bits <= 16; bits += 8) {
        if (s->one && s->field->bits < bits && (bits == 8 || is_word(s->field)) &&
            find_shift(s, s->field, suspect_expected_bits(s), bits, out))
            return true;
        for (size_t i = 0; i < s->rules->n; i++) {
            const struct clause *c = &s->rules->clauses[i];
            if (c->spec && c->field->bits && c->field->bits < bits && c != s->clause &&
                (bits == 8 || is_word(c->field)) && in_unit(s, c->field, bits) &&
                suspect_asked(s, c, &value) && find_shift(s, c->field, value / c->field->scale, bits, out))
                return true;
        }
    }
    return false;
}

static void mend_shift(const struct field *field, unsigned below, struct diagnosis *d)
{
    if (strcmp(field->name, "ip.dsfield.dscp") == 0)
        suspect_mend(d, "tos = (dscp << 2) | ecn");
    else if (strcmp(field->name, "ip.version") == 0)
        suspect_mend(d, "version_ihl = (4 << 4) | 5");
    else if (strcmp(field->name, "tcp.hdr_len") == 0)
        suspect_mend(d, "offset_flags = (5 << 12) | flags, or in one byte: 5 << 4");
    else if (strcmp(field->name, "ip.flags") == 0)
        suspect_mend(d, "flags_offset = (flags << 13) | fragment_offset");
    else
        suspect_mend(d, "(value << %u) | what stands to the right of it", below);
}

static void say_unshifted(const struct field *field, uint64_t value, unsigned below, struct diagnosis *d)
{
    suspect_say(d, "%llu was written without shifting: %s stands %u bits from the right of its %s",
                (unsigned long long)value, field->label, below, below < 8 ? "byte" : "two bytes");
    mend_shift(field, below, d);
}

/* 20 in the data offset's byte, for 5 << 4. */
static bool bytes_unshifted(const struct suspect *s)
{
    uint64_t unit;
    unsigned below;

    return s->one && s->field->scale > 1 && suspect_unit(s, 8, &unit, &below) && below && unit == s->expected;
}

enum fit why_unit_not_shifted(const struct suspect *s, struct diagnosis *d)
{
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    unsigned below = field_shift(s->field);
    struct shifted shifted;

    if (shifted_of(s, &shifted) && shifted.by == 0 && !shifted.right) {
        say_unshifted(shifted.field, shifted.value, shifted.below, d);
        return FIT_STRONG;
    }
    if (bytes_unshifted(s)) {
        suspect_say(d,
                    "%llu was written without shifting, and it counts bytes: %llu words of 4 belong there, "
                    "shifted by 4",
                    (unsigned long long)s->expected, (unsigned long long)want);
        mend_shift(s->field, below, d);
        return FIT_STRONG;
    }
    /* what stands beside it says otherwise, or was changed after it */
    if (!s->one || s->field->bits >= 8 || !below || !got || got != want >> below)
        return FIT_NONE;
    say_unshifted(s->field, want, below, d);
    return FIT_GOOD;
}

enum fit why_unit_shifted_twice(const struct suspect *s, struct diagnosis *d)
{
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0, unit;
    unsigned below = 0;
    struct shifted shifted;
    enum fit fit = FIT_NONE;

    if (shifted_of(s, &shifted) && shifted.by == 2 * shifted.below && !shifted.right) {
        fit = FIT_STRONG;
    } else if (s->one && got && suspect_unit(s, 8, &unit, &below) && below && got == (want << below & mask)) {
        shifted = (struct shifted){.field = s->field, .value = want, .below = below};
        /* a shift leaves zeros behind it: what stands to its right speaks against it, or was added */
        fit = unit & (((uint64_t)1 << below) - 1) & ~suspect_rest(s, s->field, 8) ? FIT_WEAK : FIT_GOOD;
    }
    if (fit == FIT_NONE)
        return FIT_NONE;
    suspect_say(d, "%llu was shifted left by %u bits more than the %u that bring it to its place",
                (unsigned long long)shifted.value, shifted.below, shifted.below);
    suspect_mend(d, "shift once: (value << %u) | what stands to the right of it", shifted.below);
    return fit;
}

/* A flag alone that nobody sets in its own right: of FIN, RST and ACK each is meant now and then, but a reset
 * is not what is written for a SYN. */
static bool is_odd_flag(const struct suspect *s, uint64_t got)
{
    enum { FIN = 0x01, ACK = 0x10 };

    return s->field->kind == FIELD_FLAGS && !(got & (got - 1)) && got != FIN && got != ACK;
}

/* Which flags those numbers are is what is looked for. */
static void say_flags(const struct suspect *s, const char *way, unsigned by, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE], want[FIELD_TEXT_SIZE];

    suspect_say(d, "%s is set, and %s is asked for: that is %s by %u bit%s",
                field_text(s->field, s->got, got), field_text(s->field, s->expected, want), way, by,
                by == 1 ? "" : "s");
    suspect_mend(d, "flags = %s   # FIN 1, SYN 2, RST 4, PSH 8, ACK 16", want);
}

/* Too far, in a field that is no part of a unit. Only shifts that people write: a few bits, or whole bytes;
 * and only where so much of the number is left that no small or round number is one: 2 is 2889812911 shifted
 * right by 30. */
static enum fit whole_field_shifted(const struct suspect *s, struct diagnosis *d)
{
    static const uint8_t by[] = {1, 2, 3, 4, 8, 16, 24};
    enum { BY_MAX_NARROW = 2, BY_MAX_FLAGS = 4, LEFT_MIN = 2048, BYTE_MIN = 16 };
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0;
    bool wide = s->field->bits >= WIDE, flags = s->field->kind == FIELD_FLAGS;
    struct diagnosis unused = *d;
    unsigned most = wide ? s->field->bits - 1u : flags ? BY_MAX_FLAGS : BY_MAX_NARROW;

    if (!s->one || !got || s->field->scale > 1 || s->field->kind == FIELD_ADDRESS ||
        s->field->kind == FIELD_ETHER || why_value_misplaced(s, &unused) == FIT_STRONG)
        return FIT_NONE;
    for (size_t i = 0; i < sizeof(by) && by[i] <= most; i++) {
        bool right = got == want >> by[i], left = got == (want << by[i] & mask), bytes = by[i] >= 8;
        uint64_t rest = got >> (left ? by[i] : 0);
        if ((!right && !left) || (wide && rest < (bytes && s->field->bits == WIDE ? BYTE_MIN : LEFT_MIN)))
            continue;
        suspect_say(d, "%llu is %llu shifted %s by %u bit%s", (unsigned long long)got,
                    (unsigned long long)want, right ? "right" : "left", by[i], by[i] == 1 ? "" : "s");
        if (flags)
            say_flags(s, right ? "right" : "left", by[i], d);
        if (left && by[i] == 16 && s->field->bits == 2 * 16) {
            suspect_say(
                d,
                "%llu has the lower 16 bits of %llu as its upper ones: htons() in the place of htonl(), or "
                "a shift by 16 bits",
                (unsigned long long)got, (unsigned long long)want);
            suspect_mend(d, "in C htonl(%llu): a field of 32 bits", (unsigned long long)want);
        }
        if (!wide)
            return is_odd_flag(s, got) ? FIT_GOOD : FIT_WEAK;
        if (rest < LEFT_MIN && right) /* an upper byte alone: TRUNCATED_VALUE says it, as a guess */
            continue;
        return rest < LEFT_MIN ? FIT_WEAK : suspect_price(s, 2 * sizeof(by));
    }
    return FIT_NONE;
}

enum fit why_unit_wrong_shift(const struct suspect *s, struct diagnosis *d)
{
    struct shifted shifted;
    struct diagnosis first = *d;

    if (!s->finding->fault && why_word6(s, &first) == WORD6_SHIFTED) {
        *d = first;
        return FIT_STRONG;
    }
    if (!shifted_of(s, &shifted) || shifted.by == 0 || shifted.by == 2 * shifted.below)
        return whole_field_shifted(s, d);
    if (shifted.field->scale > 1 && shifted.by > shifted.below)
        return FIT_NONE; /* a header may be longer than was asked */
    if (shifted.right)
        suspect_say(d, "%llu was shifted right by %u bits, not left: %s is in the upper bits of its byte",
                    (unsigned long long)shifted.value, shifted.by, shifted.field->label);
    else
        suspect_say(d, "%llu was shifted left by %u bit%s, not by the %u that bring it to its place",
                    (unsigned long long)shifted.value, shifted.by, shifted.by == 1 ? "" : "s", shifted.below);
    mend_shift(shifted.field, shifted.below, d);
    return shifted.value & (shifted.value - 1) ? FIT_GOOD : FIT_WEAK; /* one bit is left of anything */
}

/* (4 << 4) + 20 in the first byte. */
static bool bytes_added(const struct suspect *s)
{
    return s->one && s->field->layer == LAYER_IP && s->field->bit < 8 && s->header && s->header_length &&
           s->header[0] == (4 << 4) + HEADER_BYTES;
}

/* False where the bits beside it show that this number was not written there. */
static bool may_be_divided(const struct suspect *s)
{
    uint64_t unit;
    unsigned below;

    return !suspect_unit(s, 8, &unit, &below) || !(unit & (((uint64_t)1 << below) - 1));
}

enum fit why_unit_wrong_units(const struct suspect *s, struct diagnosis *d)
{
    const bool offset = strcmp(s->field->name, "ip.frag_offset") == 0;
    uint64_t step = offset ? 8 : strcmp(s->field->name, "udp.length") == 0 ? 4 : s->field->scale;
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0;

    if (bytes_added(s)) {
        suspect_say(d,
                    "the byte is 0x54, which is (4 << 4) + 20: the header length counts words of 4 bytes, 5 "
                    "of them");
        suspect_mend(d, "version_ihl = (4 << 4) | 5");
        return FIT_STRONG;
    }
    bool whole = bytes_unshifted(s);
    if (!s->one || step == 1 || !got || (!whole && got != (want * step & mask) && got != want / step))
        return FIT_NONE;
    bool bytes = whole || got == (want * step & mask);
    if (!bytes && !may_be_divided(s))
        return FIT_NONE;
    if (offset)
        suspect_say(d, "%llu: the field counts units of 8 bytes, this looks like %s", (unsigned long long)got,
                    bytes ? "bytes, or like << 3, as if the flags stood behind it: they are the upper 3 bits"
                          : "a number that was divided by 8 twice");
    else
        suspect_say(d, "its bits hold %llu: the field counts %s, this looks like %s", (unsigned long long)got,
                    s->field->scale > 1 ? "words of 4 bytes" : "bytes",
                    whole                 ? "20 bytes, not shifted"
                    : bytes               ? "bytes"
                    : s->field->scale > 1 ? "words divided by 4 again"
                                          : "words");
    suspect_mend(d, offset                ? "flags << 13 | position_in_bytes // 8"
                    : s->field->scale > 1 ? "words = header_length_in_bytes // 4   # 20 bytes are 5"
                                          : "length = 8 + len(payload)");
    /* what is cut off on the left is met by chance */
    return whole || !bytes || want * step <= mask ? FIT_STRONG : FIT_WEAK;
}

/* The flags in the lowest three bits, and the offset above them, as it stands in no diagram. */
static bool flags_behind(const struct suspect *s, uint64_t *flags)
{
    enum { FLAG_BITS = 3, FLAGS = 7 };
    const uint64_t got = suspect_got_bits(s);

    *flags = got & FLAGS;
    return *flags && got >> FLAG_BITS == suspect_expected_bits(s);
}

enum fit why_unit_apart(const struct suspect *s, struct diagnosis *d)
{
    enum { UNIT = 8, NEAR = 4 };
    const uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    struct diagnosis unused = *d;
    uint64_t flags;

    if (!s->one || strcmp(s->field->name, "ip.frag_offset") != 0 || !got || !want)
        return FIT_NONE;
    if (flags_behind(s, &flags)) {
        suspect_say(d, "%llu is %llu << 3 | %llu: the flags are the upper 3 of the 16 bits, not the lower",
                    (unsigned long long)got, (unsigned long long)want, (unsigned long long)flags);
        suspect_mend(d, "flags << 13 | position_in_bytes // 8");
        return FIT_STRONG;
    }
    suspect_say(
        d, "%llu is byte %llu of the datagram, and this belongs at byte %llu: the fragments %s %llu bytes",
        (unsigned long long)got, (unsigned long long)(got * UNIT), (unsigned long long)(want * UNIT),
        got < want ? "overlap by" : "leave a hole of",
        (unsigned long long)((got < want ? want - got : got - want) * UNIT));
    suspect_mend(d, "offset = position_in_bytes // 8   # counted in the datagram, behind the IPv4 header");
    /* what is far away has another cause, if there is one */
    const uint64_t apart = got < want ? want - got : got - want;
    return apart <= NEAR && why_unit_wrong_units(s, &unused) != FIT_STRONG ? FIT_GOOD : FIT_LAST;
}
