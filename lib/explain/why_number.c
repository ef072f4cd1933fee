/* The right number, written wrongly: each mistake is made anew from the expected value and compared. */
#include <string.h>

#include "explain/suspect.h"

/* A field so narrow meets much by chance. */
enum { NARROW = 8, WIDE = 16 };

static uint64_t bytes_swapped(uint64_t value, unsigned bits)
{
    return __builtin_bswap64(value) >> (64 - bits);
}

static uint64_t bits_reversed(uint64_t value, unsigned bits)
{
    uint64_t out = 0;

    for (unsigned i = 0; i < bits; i++)
        out |= (value >> i & 1) << (bits - 1 - i);
    return out;
}

/* The 16-bit word of which the field is a part, packed whole in the host's order. */
static enum fit word_swapped(const struct suspect *s, struct diagnosis *d)
{
    uint64_t word, other;
    unsigned below, bits = s->field->bits;
    bool shared = (s->field->layer == LAYER_IP && s->field->bit >= 48) ||
                  (s->field->layer == LAYER_TCP && s->field->bit >= 96);

    if (!shared || bits >= WIDE || (bits < 4 && !s->expected) || !suspect_unit(s, 16, &word, &below))
        return FIT_NONE;
    other = bytes_swapped(word, 16);
    if (other == word || (other >> below & (((uint64_t)1 << bits) - 1)) != suspect_expected_bits(s))
        return FIT_NONE;
    suspect_say(d, "the two bytes it is in hold 0x%04x: in the other order, 0x%04x, it would be right",
                (unsigned)word, (unsigned)other);
    /* a narrow field is met by chance, but not one that leaves nothing else in its word set */
    bool alone = s->expected && (s->field->layer == LAYER_IP ? !(other & 0x1FFF) : !(other & 0x0E00));
    return bits >= 12 || alone ? FIT_STRONG : FIT_WEAK;
}

enum fit why_number_byte_swapped(const struct suspect *s, struct diagnosis *d)
{
    unsigned bits = s->field->bits;

    if (!s->one || s->field->kind == FIELD_ADDRESS)
        return FIT_NONE;
    if (bits % WIDE)
        return word_swapped(s, d);
    if (s->field->layer == LAYER_ETH || s->got != bytes_swapped(s->expected, bits))
        return FIT_NONE;
    suspect_say(d,
                "0x%0*llx has its bytes in the wrong order: it was packed in the host's order, without the !",
                (int)bits / 4, (unsigned long long)s->got);
    if (bits == 32)
        suspect_mend(d, "struct.pack('!I', value)   # the ! is network byte order");
    return FIT_STRONG;
}

enum fit why_number_address_reversed(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE];

    if (!s->one || s->field->kind != FIELD_ADDRESS || s->got != bytes_swapped(s->expected, 32))
        return FIT_NONE;
    suspect_say(d, "the four parts of %s stand in reverse order", field_text(s->field, s->got, got));
    return FIT_STRONG;
}

static void say_unshifted(const struct suspect *s, struct diagnosis *d, unsigned below)
{
    suspect_say(d, "%llu was written without shifting: %s stands %u bits from the right of its %s",
                (unsigned long long)suspect_expected_bits(s), s->field->label, below,
                below < 8 ? "byte" : "two bytes");
    if (strcmp(s->field->name, "ip.dsfield.dscp") == 0)
        suspect_mend(d, "tos = (dscp << 2) | ecn");
    else if (strcmp(s->field->name, "ip.version") == 0)
        suspect_mend(d, "version_ihl = (4 << 4) | 5");
    else if (strcmp(s->field->name, "tcp.hdr_len") == 0)
        suspect_mend(d, "offset_flags = (5 << 12) | flags, or in one byte: 5 << 4");
    else if (strcmp(s->field->name, "ip.flags") == 0)
        suspect_mend(d, "flags_offset = (flags << 13) | fragment_offset");
    else
        suspect_mend(d, "(value << %u) | what stands to the right of it", below);
}

enum fit why_number_not_shifted(const struct suspect *s, struct diagnosis *d)
{
    uint64_t unit, want = suspect_expected_bits(s), got = suspect_got_bits(s);
    unsigned below;
    enum fit fit = FIT_NONE;

    for (unsigned bits = 8; s->one && want && bits <= 16 && fit != FIT_STRONG; bits += 8) {
        if (!suspect_unit(s, bits, &unit, &below) || !below)
            continue;
        if (unit == want || (got && got == want >> below))
            fit = FIT_STRONG;
        else if (got == want >> below && (unit & want) == want && fit == FIT_NONE)
            fit = FIT_WEAK; /* something else stands there too */
        else
            continue;
        say_unshifted(s, d, below);
    }
    below = field_shift(s->field);
    if (fit == FIT_NONE && s->one && s->field->bits < 8 && below && got && got == want >> below) {
        say_unshifted(s, d, below);
        fit = FIT_STRONG;
    }
    return fit;
}

enum fit why_number_shifted_twice(const struct suspect *s, struct diagnosis *d)
{
    uint64_t unit, want = suspect_expected_bits(s), got = suspect_got_bits(s);
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0;
    unsigned below;

    for (unsigned bits = 8; s->one && bits <= 16; bits += 8) {
        if (!suspect_unit(s, bits, &unit, &below) || !below || !got || got != (want << below & mask))
            continue;
        suspect_say(d, "%llu was shifted left by %u bits more than the %u that bring it to its place",
                    (unsigned long long)want, below, below);
        suspect_mend(d, "shift once: (value << %u) | what stands to the right of it", below);
        return FIT_STRONG;
    }
    return FIT_NONE;
}

enum fit why_number_wrong_shift(const struct suspect *s, struct diagnosis *d)
{
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0;

    if (!s->one || !got || s->field->kind == FIELD_ADDRESS || s->field->kind == FIELD_ETHER)
        return FIT_NONE;
    for (unsigned n = 1; n < s->field->bits; n++) {
        if (s->field->bits >= WIDE && n % 8 == 0)
            continue; /* whole bytes are misplaced or swapped, not shifted */
        bool right = got == want >> n && (got > 1 || want < 4);
        bool left = got == (want << n & mask) && (got >> n > 1 || want < 4);
        if (!right && !left) /* one bit alone is left of anything */
            continue;
        suspect_say(d, "%llu is %llu shifted %s by %u bit%s", (unsigned long long)got,
                    (unsigned long long)want, right ? "right" : "left", n, n == 1 ? "" : "s");
        return s->field->bits >= WIDE && got >> __builtin_ctzll(got) >= 16 ? FIT_STRONG : FIT_WEAK;
    }
    return FIT_NONE;
}

/* True when exchanging the halves of each byte makes the field right; for a half byte, of the byte it is in.
 */
static bool halves_swapped(const struct suspect *s, uint64_t *unit)
{
    const uint64_t low = 0x0F0F0F0F0F0F0F0F;
    uint64_t want = suspect_expected_bits(s);
    unsigned below;

    if (s->field->bits % 8 == 0) {
        *unit = suspect_got_bits(s);
        return ((want & low) << 4 | (want >> 4 & low)) == *unit;
    }
    return s->field->bits == 4 && suspect_unit(s, 8, unit, &below) &&
           (below ? *unit & 15 : *unit >> 4) == want;
}

enum fit why_number_nibbles_swapped(const struct suspect *s, struct diagnosis *d)
{
    uint64_t unit;

    if (!s->one || s->field->kind == FIELD_ADDRESS || !halves_swapped(s, &unit))
        return FIT_NONE;
    if (s->field->bits == 4) {
        suspect_say(d, "the byte is 0x%02x: its two halves are exchanged, %s belongs into the %s one",
                    (unsigned)unit, s->field->label, s->field->bit % 8 ? "lower" : "upper");
        suspect_mend(d, s->field->layer == LAYER_TCP ? "offset = 5 << 4   # reserved bits are the lower half"
                                                     : "version_ihl = (4 << 4) | 5");
    } else {
        suspect_say(d, "0x%0*llx has the two halves of %s exchanged", (int)s->field->bits / 4,
                    (unsigned long long)unit, s->field->bits == 8 ? "the byte" : "each byte");
    }
    return FIT_STRONG;
}

enum fit why_number_bits_reversed(const struct suspect *s, struct diagnosis *d)
{
    static const unsigned widths[] = {12, 9, 8, 6}; /* in which TCP's flags are counted, by age of the book */
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    unsigned bits = s->field->bits;

    /* nobody numbers the bits of a length, and in four of them much is met by chance */
    if (!s->one || bits < 2 || s->field->kind == FIELD_ADDRESS || s->field->scale > 1)
        return FIT_NONE;
    if (bits_reversed(want, bits) == got) {
        if (s->field->kind != FIELD_FLAGS)
            suspect_mend(d, "bit 0 of a diagram is the most significant: 1 << 0 is the last one");
        suspect_say(d, "0x%llx is 0x%llx with its %u bits numbered from the other end",
                    (unsigned long long)got, (unsigned long long)want, bits);
        return bits < NARROW || (bits < WIDE && s->field->kind != FIELD_FLAGS) ? FIT_WEAK : FIT_STRONG;
    }
    for (size_t i = 0; s->field->kind == FIELD_FLAGS && i < sizeof(widths) / sizeof(widths[0]); i++)
        if (want >> widths[i] == 0 && bits_reversed(want, widths[i]) == got) {
            suspect_say(
                d, "0x%03llx is 0x%03llx with %u flags numbered from the other end: FIN is 1, not the first",
                (unsigned long long)got, (unsigned long long)want, widths[i]);
            return widths[i] == 8 ? FIT_STRONG : FIT_WEAK;
        }
    return FIT_NONE;
}

/* 24 read as 0x24 (10 to 16), or 0x18 read as 18 (16 to 10); 0 where that cannot be. */
static uint64_t other_base(uint64_t value, unsigned from, unsigned to)
{
    uint64_t out = 0, place = 1;

    for (; value; value /= from, place *= to) {
        if (value % from >= to)
            return 0;
        out += value % from * place;
    }
    return out;
}

enum fit why_number_decimal_as_hex(const struct suspect *s, struct diagnosis *d)
{
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);

    if (!s->one || want < 10 || !got || other_base(want, 10, 16) != got)
        return FIT_NONE;
    suspect_say(d, "0x%llx was written where %llu is meant: the digits are equal, the base is not",
                (unsigned long long)got, (unsigned long long)want);
    suspect_mend(d, "%llu, or in hex 0x%llx", (unsigned long long)want, (unsigned long long)want);
    return FIT_STRONG;
}

enum fit why_number_hex_as_decimal(const struct suspect *s, struct diagnosis *d)
{
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);

    if (!s->one || want < 16 || !got || other_base(want, 16, 10) != got)
        return FIT_NONE;
    suspect_say(d, "%llu was written where 0x%llx is meant: the digits are equal, the base is not",
                (unsigned long long)got, (unsigned long long)want);
    suspect_mend(d, "0x%llx, or %llu", (unsigned long long)want, (unsigned long long)want);
    return FIT_STRONG;
}

enum fit why_number_off_by_one(const struct suspect *s, struct diagnosis *d)
{
    uint64_t step = s->field->scale, want = s->expected;
    char got[FIELD_TEXT_SIZE];

    if (!s->number || suspect_is_flags(s) || (!s->one && s->kind != MATCH_RANGE))
        return FIT_NONE;
    if (!s->one)
        want = s->got < s->clause->a ? s->clause->a : s->clause->b;
    if (s->got != want + step && s->got + step != want)
        return FIT_NONE;
    if (step > 1)
        suspect_say(d, "its bits hold %llu, one %s than %s", (unsigned long long)suspect_got_bits(s),
                    s->got > want ? "more" : "less", s->one ? "asked for" : "its range allows");
    else
        suspect_say(d, "%s is one %s than %s", field_text(s->field, s->got, got),
                    s->got > want ? "more" : "less", s->one ? "asked for" : "its range allows");
    if (strcmp(s->field->name, "tcp.seq_raw") == 0)
        suspect_mend(d, "a SYN carries the first number itself; what follows it begins one later");
    else if (strcmp(s->field->name, "tcp.ack_raw") == 0)
        suspect_mend(d, "acknowledge the number that comes next: a SYN counts as one");
    return FIT_WEAK;
}

enum fit why_number_wrong_units(const struct suspect *s, struct diagnosis *d)
{
    const bool offset = strcmp(s->field->name, "ip.frag_offset") == 0;
    uint64_t step = offset ? 8 : strcmp(s->field->name, "udp.length") == 0 ? 4 : s->field->scale;
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0;

    if (!s->one || step == 1 || !got || (got != (want * step & mask) && got != want / step))
        return FIT_NONE;
    bool bytes = got == (want * step & mask);
    if (offset)
        suspect_say(d, "%llu: the field counts units of 8 bytes, this looks like %s", (unsigned long long)got,
                    bytes ? "bytes" : "a number that was divided by 8 twice");
    else
        suspect_say(d, "its bits hold %llu: the field counts %s, this looks like %s", (unsigned long long)got,
                    s->field->scale > 1 ? "words of 4 bytes" : "bytes",
                    bytes                 ? "bytes"
                    : s->field->scale > 1 ? "words divided by 4 again"
                                          : "words");
    suspect_mend(d, offset                ? "offset = position_in_bytes // 8"
                    : s->field->scale > 1 ? "words = header_length_in_bytes // 4   # 20 bytes are 5"
                                          : "length = 8 + len(payload)");
    /* what is cut off on the left is met by chance */
    return bytes && want * step > mask ? FIT_WEAK : FIT_STRONG;
}

enum fit why_number_not_set(const struct suspect *s, struct diagnosis *d)
{
    bool wanted =
        s->one ? s->expected != 0 : s->kind == MATCH_RANGE || s->kind == MATCH_NOT || s->kind == MATCH_IN;

    (void)d;
    return s->number && s->got == 0 && wanted && s->field->kind != FIELD_BIT ? FIT_FACT : FIT_NONE;
}

enum fit why_number_all_ones(const struct suspect *s, struct diagnosis *d)
{
    (void)d;
    if (!s->number || s->field->bits < 2 || s->got != field_max(s->field))
        return FIT_NONE;
    return s->field->bits < WIDE ? FIT_WEAK : FIT_STRONG;
}

enum fit why_number_inverted(const struct suspect *s, struct diagnosis *d)
{
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0;

    (void)d;
    if (!s->one || s->field->bits < 4 || s->field->scale > 1 || !s->expected ||
        suspect_got_bits(s) != (~suspect_expected_bits(s) & mask))
        return FIT_NONE;
    return s->field->bits < NARROW ? FIT_WEAK : FIT_STRONG;
}
