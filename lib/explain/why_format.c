/* The right number, packed into other bytes than its own; and numbers that a program has at hand anyway. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "explain/slip.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"
#include "judge/talk.h"

enum { BYTE = 8, WIDE = 16, WIDEST = 32 };
enum {
    WRITTEN = 2048
}; /* below are many numbers that people write by themselves: B or H may have kept one */

static bool is_number(const struct suspect *s)
{
    return s->one && s->field->kind != FIELD_ADDRESS && s->field->kind != FIELD_ETHER && !suspect_is_flags(s);
}

/* How much of a number was kept, and in which words that is told. Those that people write most stand first.
 */
struct cut {
    uint64_t kept;
    const char *before, *after; /* of n, in the words */
    unsigned n;
    const char *mend;
};

enum { CUTS_MAX = 48 };

static const char *mend_of(unsigned bits)
{
    return bits == 31   ? "value & 0xffffffff   # not 0x7fffffff"
           : bits == 16 ? "struct.pack('!I', value)   # I or L has 32 bits, H has 16"
           : bits == 8  ? "pack the whole value; & 0xff keeps its lowest byte alone"
                        : "pack the whole value, without a mask";
}

static size_t cuts_of_bits(uint64_t value, unsigned bits, struct cut cuts[CUTS_MAX])
{
    static const uint8_t lowest[] = {31, 16, 8, 24, 28, 30, 20, 15, 12};
    size_t n = 0;

    for (size_t i = 0; i < sizeof(lowest); i++)
        if (lowest[i] < bits)
            cuts[n++] = (struct cut){value & ((UINT64_C(1) << lowest[i]) - 1), "only the lowest",
                                     "bits were kept", lowest[i], mend_of(lowest[i])};
    for (unsigned by = 8; by < bits; by += 8) {
        cuts[n++] = (struct cut){value >> by, "only the upper", "bits were kept", bits - by,
                                 "pack the whole value, without >>"};
        cuts[n++] = (struct cut){value >> by << by, "the lowest", "bits were set to 0", by, mend_of(0)};
    }
    return n;
}

/* The first or the last of its digits: four at least, for of fewer many a number has some. */
static size_t cuts_of_digits(uint64_t value, size_t n, struct cut cuts[CUTS_MAX])
{
    enum { LEAST = 1000 };

    for (uint64_t power = 10, k = 1; power <= value; power *= 10, k++) {
        if (value / power >= LEAST)
            cuts[n++] = (struct cut){value / power, "the last", "digits are missing", (unsigned)k,
                                     "take all digits of the number as it was given"};
        if (value % power >= LEAST)
            cuts[n++] = (struct cut){value % power, "only the last", "digits were kept", (unsigned)k,
                                     "take all digits of the number as it was given"};
    }
    return n;
}

/* The largest number of a narrower type, in the place of a larger one. */
static size_t cuts_at_limits(uint64_t value, size_t n, struct cut cuts[CUTS_MAX])
{
    static const uint64_t limits[] = {INT16_MAX, UINT16_MAX, INT32_MAX};

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (value > limits[i])
            cuts[n++] = (struct cut){limits[i], "what is above", "was cut off", (unsigned)limits[i],
                                     "take the whole number: no min(), no clamping"};
    return n;
}

static bool is_float_of(const struct suspect *s)
{
    /* one more or less is one more or less */
    return s->field->bits == WIDEST && s->got == (uint64_t)(double)(float)s->expected &&
           s->got + 1 != s->expected && s->got != s->expected + 1;
}

/* What B or H keeps of it, or its first byte of two. */
static bool is_type(const struct suspect *s, const struct cut *cut)
{
    return cut->n == WIDE ||
           (cut->n == BYTE && (s->field->bits == WIDE || s->got == (s->expected & UINT8_MAX)));
}

/* Of small numbers each reading meets one in two thousand, and what fits none is told first where more than
 * two would. People keep the lowest byte, hardly the upper one; a source port of their own is the listener's
 * before. */
static enum fit fit_of_cut(const struct suspect *s)
{
    const bool own_port = s->field->kind == FIELD_PORT && s->clause && s->clause->kind == MATCH_PARAM;

    if (s->got >= WRITTEN)
        return s->field->bits < WIDEST ? FIT_WEAK : FIT_STRONG;
    return s->field->bits == WIDE && (own_port || s->got != (s->expected & UINT8_MAX)) ? FIT_LAST : FIT_WEAK;
}

enum fit why_format_truncated(const struct suspect *s, struct diagnosis *d)
{
    struct cut cuts[CUTS_MAX];
    struct diagnosis unused = *d;

    if (!is_number(s) || s->field->bits < WIDE || !s->got || why_value_misplaced(s, &unused) == FIT_STRONG)
        return FIT_NONE;
    size_t n = cuts_of_bits(s->expected, s->field->bits, cuts);
    n = cuts_of_digits(s->expected, n, cuts);
    n = cuts_at_limits(s->expected, n, cuts);
    for (size_t i = 0; i < n; i++) {
        if (cuts[i].kept != s->got || s->got == s->expected || (s->got < WRITTEN && !is_type(s, &cuts[i])))
            continue;
        suspect_say(d, "of %llu %s %u %s: %llu", (unsigned long long)s->expected, cuts[i].before, cuts[i].n,
                    cuts[i].after, (unsigned long long)s->got);
        if (cuts[i].n == 1 && slip_digits(s->got, s->expected, false))
            suspect_say(d, "%s: %llu, and %llu is asked for", slip_digits(s->got, s->expected, false),
                        (unsigned long long)s->got, (unsigned long long)s->expected);
        suspect_mend(d, "%s", cuts[i].mend);
        return fit_of_cut(s);
    }
    /* a few more than asked for is soon a number with zeros at its end */
    if (!is_float_of(s) || why_format_counted_up(s, &unused) == FIT_GOOD)
        return FIT_NONE;
    suspect_say(d, "%llu is what 32-bit floating point makes of %llu: it keeps 24 bits",
                (unsigned long long)s->got, (unsigned long long)s->expected);
    suspect_mend(d, "leave float() and division with / out: // gives a whole number");
    return FIT_STRONG;
}

enum fit why_format_halves(const struct suspect *s, struct diagnosis *d)
{
    if (!is_number(s) || s->field->bits != WIDEST ||
        s->got != ((s->expected << 16 | s->expected >> 16) & UINT32_MAX))
        return FIT_NONE;
    suspect_say(d, "0x%08llx has its two halves of 16 bits exchanged: the upper one comes first",
                (unsigned long long)s->got);
    return FIT_STRONG;
}

/* The first letters of its decimal digits, filled up with NULs, as struct.pack's s does. */
static bool is_digits(const struct suspect *s, char text[24])
{
    uint8_t want[4] = {0}, got[4];
    size_t size = s->field->bits / 8u;
    int n = snprintf(text, 24, "%llu", (unsigned long long)s->expected);

    store_be32(got, (uint32_t)s->got);
    memcpy(want, text, (size_t)n < size ? (size_t)n : size);
    return memcmp(want, got + sizeof(got) - size, size) == 0;
}

/* The same of an address. */
static bool is_address(const struct suspect *s, char text[IPADDR_TEXT_SIZE])
{
    uint8_t got[4];

    store_be32(got, (uint32_t)s->got);
    return memcmp(ipaddr_text((uint32_t)s->expected, text), got, sizeof(got)) == 0;
}

enum fit why_format_wrong(const struct suspect *s, struct diagnosis *d)
{
    float real = (float)s->expected;
    uint32_t bits;
    char text[IPADDR_TEXT_SIZE];

    if (s->one && s->field->kind == FIELD_ADDRESS && is_address(s, text)) {
        suspect_say(d, "%s is written there as text, of which four letters are kept: \"%.4s\"", text, text);
        suspect_mend(d, "socket.inet_aton('%s')   # 4 bytes, no letters", text);
        return FIT_STRONG;
    }
    if (!is_number(s) || s->field->bits % 16 || s->field->bits > WIDEST)
        return FIT_NONE;
    memcpy(&bits, &real, sizeof(bits));
    if (is_digits(s, text)) {
        suspect_say(d, "its digits were written as text: 0x%0*llx is \"%.*s\"", (int)s->field->bits / 4,
                    (unsigned long long)s->got, (int)s->field->bits / 8, text);
    } else if (s->field->bits == WIDEST && s->got == bits && s->expected) {
        suspect_say(d, "0x%08llx is %llu as floating point (f)", (unsigned long long)s->got,
                    (unsigned long long)s->expected);
    } else {
        return FIT_NONE;
    }
    if (s->field->bits == WIDEST)
        suspect_mend(d, "struct.pack('!I', value)   # a number, with I: neither f nor s");
    return FIT_STRONG;
}

enum fit why_format_counted_up(const struct suspect *s, struct diagnosis *d)
{
    enum { MANY = 5, LEAST = 1024 }; /* near to a small number are other small numbers */
    size_t payload = 0;

    if (!is_number(s) || s->field->bits < WIDE || s->field->scale > 1 ||
        (s->expected < LEAST && !suspect_is_bound(s)) || s->got < s->expected + 2 ||
        strstr(s->field->name, "len"))
        return FIT_NONE;
    uint64_t more = s->got - s->expected;
    if (s->packet->layers[LAYER_PAYLOAD].present)
        packet_payload(s->packet, &payload);
    if (more != payload && more > MANY)
        return FIT_NONE;
    /* a handshake's first segment holds the handle here */
    const size_t handle = s->rules->talk ? strlen(s->rules->talk->student) : 0;
    if (more == handle && suspect_is_bound(s) && s->field->layer == LAYER_TCP && s->clause->plus) {
        suspect_say(d,
                    "it is %zu more than asked for, as many as the payload of your first segment has bytes",
                    handle);
        suspect_mend(d, "add %llu for the SYN, and nothing for the payload",
                     (unsigned long long)s->clause->plus);
        return FIT_GOOD;
    }
    if (more == payload && s->field->layer == LAYER_TCP)
        suspect_say(d,
                    "it is %llu more than asked for, as many as the payload has bytes: that is the next "
                    "segment's number",
                    (unsigned long long)more);
    else
        suspect_say(d, "it is %llu more than asked for: is it counted up with each packet that you send?",
                    (unsigned long long)more);
    if (s->clause && s->clause->plus)
        suspect_mend(d, "take the number that was told before and add exactly %llu",
                     (unsigned long long)s->clause->plus);
    return FIT_WEAK;
}

enum fit why_format_constant(const struct suspect *s, struct diagnosis *d)
{
    static const struct {
        uint64_t value;
        const char *name;
        bool sure; /* no protocol that anybody sends by that number */
    } rows[] = {{255, "socket.IPPROTO_RAW", true},
                {3, "socket.SOCK_RAW", true},
                {2, "socket.AF_INET, and socket.SOCK_DGRAM", false},
                {1, "socket.SOCK_STREAM, and socket.IPPROTO_ICMP", false}};

    if (!is_number(s) || (s->field->kind != FIELD_PROTOCOL && s->field->kind != FIELD_PORT))
        return FIT_NONE;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].value != s->got)
            continue;
        suspect_say(d, "%llu is %s: what socket() is given, not what the header must hold",
                    (unsigned long long)s->got, rows[i].name);
        suspect_mend(d, "pack %llu; the arguments of socket() stay as they are",
                     (unsigned long long)s->expected);
        return s->field->kind == FIELD_PORT ? FIT_LAST : rows[i].sure ? FIT_GOOD : FIT_WEAK;
    }
    return FIT_NONE;
}

enum fit why_format_listener(const struct suspect *s, struct diagnosis *d)
{
    if (!s->one || s->field->kind != FIELD_PORT || !s->rules->connect || s->got != s->rules->connect)
        return FIT_NONE;
    suspect_say(d, "%llu is the port at which your own listener waits for the flag",
                (unsigned long long)s->got);
    suspect_mend(d, "%llu belongs into the header, %u behind nc -lvnp", (unsigned long long)s->expected,
                 s->rules->connect);
    return FIT_STRONG;
}

enum fit why_format_ecn(const struct suspect *s, struct diagnosis *d)
{
    const bool six = strcmp(s->field->name, "ipv6.tclass.ecn") == 0;

    if (!s->one || (!six && strcmp(s->field->name, "ip.dsfield.ecn") != 0))
        return FIT_NONE;
    suspect_say(d, "the two low bits of the %s are ECN: they hold %llu and must be %llu",
                six ? "traffic class" : "DS byte", (unsigned long long)s->got,
                (unsigned long long)s->expected);
    if (s->expected)
        suspect_mend(d, "tos = (dscp << 2) | %llu", (unsigned long long)s->expected);
    /* where the byte is wrong as a whole the cause is another */
    for (size_t i = 0; i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        if (f->status == FINDING_FAIL && !f->fault && f->field->layer == s->field->layer &&
            f->field->kind == FIELD_DSCP)
            return FIT_WEAK;
    }
    return FIT_FACT;
}
