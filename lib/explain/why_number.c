/* The right number, written wrongly: each mistake is made anew from the expected value and compared. */
#include <netinet/ip_icmp.h>
#include <string.h>

#include "explain/said.h"
#include "explain/suspect.h"
#include "explain/words.h"
#include "judge/rules_private.h"
#include "pkt/csum.h"

/* A field so narrow meets much by chance. */
enum { SIX = 6, NARROW = 8, WIDE = 16, SHORT = 256 };

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

/* IPv6's first word, or the flow label in it. */
static bool first_swapped(const struct suspect *s, struct diagnosis *d)
{
    struct diagnosis first = *d;

    if (s->finding->fault || why_word6(s, &first) != WORD6_SWAPPED)
        return false;
    *d = first;
    return true;
}

/* The 16-bit word of which the field is a part, packed whole in the host's order. */
static enum fit word_swapped(const struct suspect *s, struct diagnosis *d)
{
    uint64_t word, other;
    unsigned below, bits = s->field->bits;
    bool shared = (s->field->layer == LAYER_IP && s->field->bit >= 48 && s->field->bit < 64) ||
                  (s->field->layer == LAYER_TCP && s->field->bit >= 96 && s->field->bit < 112);

    if (!shared || bits >= WIDE || (bits < 4 && !s->expected) || !suspect_unit(s, 16, &word, &below))
        return FIT_NONE;
    other = bytes_swapped(word, 16);
    if (other == word || (other >> below & (((uint64_t)1 << bits) - 1)) != suspect_expected_bits(s))
        return FIT_NONE;
    /* of what should be 0 a flag alone, don't fragment or more fragments, is a number that people write */
    if (!s->expected && (other >> 15 || other & (other - 1)))
        return FIT_NONE;
    if (!s->expected && other != suspect_rest(s, s->field, 16)) {
        suspect_say(d, "0x%04x is the flag 0x%04x in the host's byte order, and that flag is not asked for",
                    (unsigned)word, (unsigned)other);
        suspect_mend(d, "0x%04x", (unsigned)suspect_rest(s, s->field, 16));
    } else {
        suspect_say(d, "the two bytes it is in hold 0x%04x: in the other order, 0x%04x, it would be right",
                    (unsigned)word, (unsigned)other);
    }
    /* a narrow field is met by chance, but not one that leaves nothing else in its word set */
    bool alone = s->expected && (s->field->layer == LAYER_IP ? !(other & 0x1FFF) : !(other & 0x0E00));
    return bits >= 12 || alone ? FIT_STRONG : FIT_WEAK;
}

enum fit why_number_byte_swapped(const struct suspect *s, struct diagnosis *d)
{
    unsigned bits = s->field->bits;

    if (words_pairs(s)) {
        suspect_say(
            d, "each two bytes of the text are exchanged: hexdump and od -x show words in the host's order");
        suspect_mend(d, "xxd -p, od -An -tx1 or hexdump -C; text.encode().hex()");
        return words_fit(s);
    }
    if (!s->one || s->field->kind == FIELD_ADDRESS)
        return FIT_NONE;
    if (why_added_swapped(s, d))
        return FIT_STRONG;
    if (bits % WIDE)
        return first_swapped(s, d) ? FIT_STRONG : word_swapped(s, d);
    if (s->field->layer == LAYER_ETH || s->got != bytes_swapped(s->expected, bits))
        return FIT_NONE;
    suspect_say(d,
                "0x%0*llx has its bytes in the wrong order: it was packed without the !, or by %s() before",
                (int)bits / 4, (unsigned long long)s->got, bits == 32 ? "htonl" : "htons");
    if (rules_kind(s->rules) != TARGET_PACKET)
        suspect_mend(d, "in C port = htons(%llu), in Python the plain number",
                     (unsigned long long)s->expected);
    else if (bits == 32)
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

/* True when exchanging the halves of each byte makes the field right; for a half byte, of the byte it is in.
 */
static bool nibbles_exchanged(const struct suspect *s, uint64_t *unit)
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

/* ICMP's message, with its sum, stands behind the header that says so: no digits were exchanged. */
static bool is_icmp(const struct packet *packet)
{
    const struct span *span = &packet->layers[LAYER_ICMP];

    return span->present && span->complete && packet->frame[span->offset] <= NR_ICMP_TYPES &&
           csum_finish(csum_add(0, packet->frame + span->offset, packet->length - span->offset)) == 0;
}

enum fit why_number_nibbles_swapped(const struct suspect *s, struct diagnosis *d)
{
    uint64_t unit;

    if (words_nibbles(s)) {
        suspect_say(d, "each two hex digits are exchanged: the second one of a byte stands first");
        suspect_mend(d, "bytes([c]).hex(), or \"%%02x\" %% c: a byte's upper half comes first");
        return words_fit(s);
    }
    if (!s->one || s->field->kind == FIELD_ADDRESS || !nibbles_exchanged(s, &unit) ||
        (strcmp(s->field->name, "ip.proto") == 0 && is_icmp(s->packet)))
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
    /* two small lengths have exchanged digits by chance: 0x23 and 0x32 */
    if (s->finding->fault && s->field->bits > 8)
        return FIT_WEAK;
    return s->field->bits == 8 ? FIT_GOOD : FIT_STRONG;
}

enum fit why_number_bits_reversed(const struct suspect *s, struct diagnosis *d)
{
    static const unsigned widths[] = {12, 9, 8, 6}; /* in which TCP's flags are counted, by age of the book */
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s);
    unsigned bits = s->field->bits;

    /* nobody numbers the bits of a length, and in four of them much is met by chance */
    if (!s->one || s->finding->fault || bits < 2 || s->field->kind == FIELD_ADDRESS || s->field->scale > 1)
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
            /* of six flags one alone is soon another one's */
            return widths[i] == 8 ? FIT_STRONG : widths[i] > 8 || got & (got - 1) ? FIT_GOOD : FIT_WEAK;
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

/* The decimal digits behind 0x, where they need more bits than the field has: the lowest that fit, or as many
 * of the first digits. */
static bool is_cut_hex(const struct suspect *s, uint64_t want, uint64_t got)
{
    uint64_t digits = other_base(want, 10, 16), mask = field_max(s->field);

    if (s->field->bits < WIDE || s->field->scale > 1 || s->field->kind == FIELD_ADDRESS || digits <= mask)
        return false;
    bool cut = got == (digits & mask);
    while (digits > mask)
        digits >>= 4;
    return cut || got == digits;
}

/* The byte that the field shares with others, whole: what it holds, and what it should. */
static bool whole_byte(const struct suspect *s, uint64_t *got, uint64_t *want)
{
    unsigned below;

    if (!s->one || s->field->scale > 1 || s->field->bits >= 8 || !suspect_unit(s, 8, got, &below))
        return false;
    *want = suspect_expected_bits(s) << below | suspect_rest(s, s->field, 8);
    return *got != *want;
}

/* The value that is to be shifted to its place in this byte: this field's own, or that of the one to its
 * left, which made this one wrong. 0 where there is none. */
static uint64_t unshifted_in_byte(const struct suspect *s)
{
    uint64_t value;

    if (field_shift(s->field))
        return suspect_expected_bits(s);
    for (size_t i = 0; i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        if (c->spec && c->field->layer == s->field->layer && c->field->bits < 8 && field_shift(c->field) &&
            c->field->bit / 8 == s->field->bit / 8 && suspect_asked(s, c, &value))
            return value / c->field->scale;
    }
    return 0;
}

/* Of three decimal digits the first two, as hex; 0 where there are no three. */
static uint64_t first_two_as_hex(uint64_t value)
{
    return value >= 100 && value < 1000 ? other_base(value / 10, 10, 16) : 0;
}

enum fit why_number_decimal_as_hex(const struct suspect *s, struct diagnosis *d)
{
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s), byte, right;

    if (!s->one)
        return FIT_NONE;
    if (want >= 10 && got && (other_base(want, 10, 16) == got || is_cut_hex(s, want, got))) {
        suspect_say(d, "0x%llx was written where %llu is meant: the digits are equal, the base is not",
                    (unsigned long long)got, (unsigned long long)want);
        suspect_mend(d, "%llu, or in hex 0x%llx", (unsigned long long)want, (unsigned long long)want);
        return s->field->bits < WIDE || want < SHORT ? FIT_GOOD : FIT_STRONG;
    }
    if (!whole_byte(s, &byte, &right) || right < 10 || !byte)
        return FIT_NONE;
    want = unshifted_in_byte(s);
    if (want >= 10 && other_base(want, 10, 16) == byte) {
        suspect_say(d, "0x%llx was written for the whole byte: %llu is meant, in another base and shifted",
                    (unsigned long long)byte, (unsigned long long)want);
        suspect_mend(d, "the byte is %llu, in hex 0x%02llx", (unsigned long long)right,
                     (unsigned long long)right);
        return FIT_GOOD;
    }
    const uint64_t two = first_two_as_hex(right);
    if (two == byte) {
        suspect_say(d, "%llu for the whole byte was read as hex, and of its digits two: 0x%02llx",
                    (unsigned long long)right, (unsigned long long)two);
        suspect_mend(d, "the byte is %llu, in hex 0x%02llx   # hping3 takes two hex digits: -o %02llx",
                     (unsigned long long)right, (unsigned long long)right, (unsigned long long)right);
        return FIT_GOOD;
    }
    if ((other_base(right, 10, 16) & 0xFF) != byte)
        return FIT_NONE;
    if (other_base(right, 10, 16) == byte)
        suspect_say(d, "%llu for the whole byte was read as hex: it holds 0x%02llx",
                    (unsigned long long)right, (unsigned long long)byte);
    else
        suspect_say(d, "%llu for the whole byte was read as hex: of 0x%llx it holds 0x%02llx",
                    (unsigned long long)right, (unsigned long long)other_base(right, 10, 16),
                    (unsigned long long)byte);
    suspect_mend(d, "the byte is %llu, in hex 0x%02llx   # hping3 takes -o in hex", (unsigned long long)right,
                 (unsigned long long)right);
    return FIT_GOOD;
}

enum fit why_number_hex_as_decimal(const struct suspect *s, struct diagnosis *d)
{
    uint64_t want = suspect_expected_bits(s), got = suspect_got_bits(s), byte, right;

    if (!s->one)
        return FIT_NONE;
    if (want >= 16 && got && other_base(want, 16, 10) == got) {
        suspect_say(d, "%llu was written where 0x%llx is meant: the digits are equal, the base is not",
                    (unsigned long long)got, (unsigned long long)want);
        suspect_mend(d, "0x%llx, or %llu", (unsigned long long)want, (unsigned long long)want);
        return s->field->bits < WIDE || want < SHORT ? FIT_GOOD : FIT_STRONG;
    }
    if (!whole_byte(s, &byte, &right) || right < 16 || !byte)
        return FIT_NONE;
    want = unshifted_in_byte(s);
    if (want >= 16 && other_base(want, 16, 10) == byte) {
        suspect_say(d, "%llu was written for the whole byte: 0x%llx is meant, in another base and shifted",
                    (unsigned long long)byte, (unsigned long long)want);
        suspect_mend(d, "the byte is 0x%02llx, or %llu", (unsigned long long)right,
                     (unsigned long long)right);
        return FIT_GOOD;
    }
    if (other_base(right, 16, 10) != byte)
        return FIT_NONE;
    suspect_say(d, "%llu was written for the whole byte where 0x%02llx is meant", (unsigned long long)byte,
                (unsigned long long)right);
    suspect_mend(d, "the byte is 0x%02llx, or %llu", (unsigned long long)right, (unsigned long long)right);
    return FIT_GOOD;
}

/* What to do about one too many or too few: each number has its own reason to be counted on. */
static void mend_by_one(const struct suspect *s, bool more, struct diagnosis *d)
{
    char want[FIELD_TEXT_SIZE];

    if (s->clause && s->clause->plus && s->kind == MATCH_EQUAL)
        suspect_mend(d, "take the number that was told before and add exactly %llu",
                     (unsigned long long)s->clause->plus);
    else if (strcmp(s->field->name, "ip.id") == 0 && suspect_is_bound(s)) {
        suspect_say(d, "it is one %s than the first packet's: where 0 is packed the kernel counts for each",
                    more ? "more" : "less");
        suspect_mend(d, "the same number in both, and not 0, which the kernel replaces");
    } else if (strcmp(s->field->name, "tcp.seq_raw") == 0)
        suspect_mend(d, more ? "a SYN carries the first number itself; only what follows it begins one later"
                             : "take nothing off: the number as it was given");
    else if (suspect_class(s))
        suspect_mend(d, "%llu is 8 * %u + 2 * %u: the drop precedence is shifted, too",
                     (unsigned long long)s->expected, suspect_class(s) / 10, suspect_class(s) % 10);
    else if (strcmp(s->field->name, "tcp.ack_raw") == 0)
        suspect_mend(d, more ? "one was added too many: a SYN counts as one, and only once"
                             : "acknowledge the number that comes next: a SYN counts as one");
    else if (s->one)
        suspect_mend(d, "%s, with nothing %s it", field_text(s->field, s->expected, want),
                     more ? "added to" : "taken off");
}

/* The whole DS byte is one more or less, and that carries into its upper field. */
static bool byte_off_by_one(const struct suspect *s, struct diagnosis *d)
{
    enum { DS_BYTE = 1, LOW = 3 };
    uint64_t byte, right;

    if (s->field->layer != LAYER_IP || s->field->bit / 8 != DS_BYTE || !whole_byte(s, &byte, &right) ||
        (byte + 1 != right && byte != right + 1) || byte >> 2 == right >> 2)
        return false;
    suspect_say(d, "the whole byte is %llu, one %s than %llu: DSCP and ECN share it",
                (unsigned long long)byte, byte > right ? "more" : "less", (unsigned long long)right);
    suspect_mend(d, "the byte is %llu, in hex 0x%02llx", (unsigned long long)right,
                 (unsigned long long)right);
    return true;
}

enum fit why_number_off_by_one(const struct suspect *s, struct diagnosis *d)
{
    uint64_t step = s->field->scale, want = s->expected;
    char got[FIELD_TEXT_SIZE];

    if (!s->number || suspect_is_flags(s) || (!s->one && s->kind != MATCH_RANGE))
        return FIT_NONE;
    if (byte_off_by_one(s, d))
        return FIT_GOOD;
    if (!s->one)
        want = s->got < s->clause->a ? s->clause->a : s->clause->b;
    if ((s->got != want + step && s->got + step != want) || why_added_not(s))
        return FIT_NONE;
    if (step > 1)
        suspect_say(d, "its bits hold %llu, one %s than %s", (unsigned long long)suspect_got_bits(s),
                    s->got > want ? "more" : "less", s->one ? "asked for" : "its range allows");
    else
        suspect_say(d, "%s is one %s than %s", field_text(s->field, s->got, got),
                    s->got > want ? "more" : "less", s->one ? "asked for" : "its range allows");
    mend_by_one(s, s->got > want, d);
    /* of two values in 65,536 one is no chance, but with another cause beside it nothing is sure */
    return s->one && s->field->bits >= WIDE ? FIT_GOOD : FIT_WEAK;
}

/* Another number of the same transport header is wrong: perhaps all of it stands elsewhere. */
static bool wrong_beside(const struct suspect *s)
{
    for (size_t i = 0; s->field->layer >= LAYER_TCP && i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        if (f != s->finding && f->status == FINDING_FAIL && f->clause && f->field->layer == s->field->layer &&
            f->field->bits && f->field->kind != FIELD_CHECKSUM_STATUS)
            return true;
    }
    return false;
}

enum fit why_number_not_set(const struct suspect *s, struct diagnosis *d)
{
    bool wanted =
        s->one ? s->expected != 0 : s->kind == MATCH_RANGE || s->kind == MATCH_NOT || s->kind == MATCH_IN;
    uint64_t unit;
    unsigned below;
    struct diagnosis unused = *d;

    if (why_added_not(s) || why_named_says_extension(s, &unused) || why_word6(s, &unused) != WORD6_NONE)
        return FIT_NONE;
    if (!s->got)
        why_named_says(s, d);
    if (s->field->kind == FIELD_PORT)
        suspect_mend(d,
                     "pack the value at this place instead of 0; in C htons(): htonl() leaves 0 in 16 bits");
    if (wrong_beside(s))
        return s->number && s->got == 0 && wanted && s->field->kind != FIELD_BIT ? FIT_WEAK : FIT_NONE;
    if (!s->number || s->got != 0 || !wanted || s->field->kind == FIELD_BIT)
        return FIT_NONE;
    /* a header length of 0 is no length that somebody wrote */
    return strcmp(s->field->name, "tcp.hdr_len") == 0 && suspect_unit(s, 16, &unit, &below) &&
                   unit == suspect_rest(s, s->field, 16)
               ? FIT_GOOD
               : FIT_FACT;
}

enum fit why_number_all_ones(const struct suspect *s, struct diagnosis *d)
{
    struct diagnosis unused = *d;

    if (why_exchanged_with_zero(s, &unused) != FIT_NONE)
        return FIT_NONE;
    /* in ECN it is one of four values, and in a TTL one that systems begin with */
    if (s->field->kind == FIELD_ETHER) {
        suspect_say(d, "it is the broadcast address, which belongs into the Ethernet header alone");
        suspect_mend(d, "here stands the address of one station, as it was asked for");
    }
    if (!s->number || s->field->bits < 3 || s->got != field_max(s->field) ||
        strcmp(s->field->name, "ip.ttl") == 0 || why_added_not(s))
        return FIT_NONE;
    return s->field->bits < WIDE ? FIT_WEAK : FIT_STRONG;
}

enum fit why_number_inverted(const struct suspect *s, struct diagnosis *d)
{
    uint64_t mask = s->field->bits ? field_max(s->field) / s->field->scale : 0;

    if (!s->one || s->field->bits < 4 || s->field->scale > 1 || !s->expected)
        return FIT_NONE;
    if (s->field->bits >= WIDE && s->field->kind != FIELD_ADDRESS && s->got == (-s->expected & mask)) {
        suspect_say(d, "it is the number with a minus before it: %llu for %llu", (unsigned long long)s->got,
                    (unsigned long long)s->expected);
        suspect_mend(d, "leave the - out");
        return FIT_STRONG;
    }
    if (suspect_got_bits(s) != (~suspect_expected_bits(s) & mask))
        return FIT_NONE;
    return s->field->bits < SIX ? FIT_WEAK : s->field->bits < WIDE ? FIT_GOOD : FIT_STRONG;
}
