/* What of a filter is why it says what it says, and what stands where it looks. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "explain/words.h"
#include "judge/filtered.h"
#include "judge/rules_private.h"

enum { PART_SHOWN = 96, WORD = 2, WORD_BITS = 16, NUMBER_SIZE = 24, TOLD_SIZE = 120, MENDED_PART = 60 };

/* Bytes that a filter compares, `tcp[14:2]`, and what stands there. */
struct accessor {
    enum layer layer;
    size_t at, size;
    uint64_t value;
    const struct field *field; /* in which they are; NULL for none */
};

static void skip_blanks(const char **c)
{
    while (**c == ' ')
        (*c)++;
}

/* A number in decimal or hex. */
static bool read_number(const char **c, uint64_t *out)
{
    char digits[NUMBER_SIZE];
    const size_t n = strspn(*c, "0123456789abcdefABCDEFxX");

    if (!n || n >= sizeof(digits))
        return false;
    memcpy(digits, *c, n);
    digits[n] = '\0';
    *c += n;
    return parse_u64(digits, UINT64_MAX, out) == PARSE_OK;
}

/* A number, or flags of TCP by their names: tcp-syn, (tcp-urg|tcp-push). */
static bool read_value(const char **c, uint64_t *out)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } flags[] = {{"tcp-fin", 1},  {"tcp-syn", 2},  {"tcp-rst", 4},  {"tcp-push", 8},
                 {"tcp-ack", 16}, {"tcp-urg", 32}, {"tcp-ece", 64}, {"tcp-cwr", 128}};
    const bool bracket = **c == '(';
    const char *next = *c + bracket;
    size_t i;

    *out = 0;
    do {
        next += *next == '|';
        for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
            if (strncmp(next, flags[i].name, strlen(flags[i].name)) == 0)
                break;
        if (i == sizeof(flags) / sizeof(flags[0]))
            return read_number(c, out);
        *out |= flags[i].bit;
        next += strlen(flags[i].name);
    } while (*next == '|');
    if (bracket && *next++ != ')')
        return false;
    *c = next;
    return true;
}

static const struct field *field_at(const struct accessor *a)
{
    for (size_t i = 0; i < N_FIELDS; i++) {
        const struct field *f = &FIELDS[i];
        if (f->layer == a->layer && f->bits && f->kind != FIELD_CHECKSUM_STATUS && f->bit <= a->at * 8 &&
            f->bit + f->bits >= (a->at + a->size) * 8)
            return f;
    }
    return NULL;
}

/* tcp[13], tcp[14:2]; *c stays where it is when that does not stand there, or beyond what was captured. */
static bool read_bytes(const char **c, const struct packet *packet, struct accessor *out)
{
    static const struct {
        const char *word;
        enum layer layer;
    } rows[] = {{"ether[", LAYER_ETH}, {"arp[", LAYER_ARP}, {"ip[", LAYER_IP},     {"ip6[", LAYER_IP6},
                {"tcp[", LAYER_TCP},   {"udp[", LAYER_UDP}, {"icmp[", LAYER_ICMP}, {"sctp[", LAYER_SCTP}};
    uint64_t at = 0, size = 1;
    size_t row = 0;

    while (row < sizeof(rows) / sizeof(rows[0]) && strncmp(*c, rows[row].word, strlen(rows[row].word)) != 0)
        row++;
    if (row == sizeof(rows) / sizeof(rows[0]))
        return false;
    const char *next = *c + strlen(rows[row].word);
    bool ok = read_number(&next, &at);
    if (ok && *next == ':') {
        next++;
        ok = read_number(&next, &size);
    }
    const struct span *span = &packet->layers[rows[row].layer];
    if (!ok || *next != ']' || !span->present || at > span->length || !size || size > 4 ||
        at + size > span->length)
        return false;
    *c = next + 1;
    *out = (struct accessor){.layer = rows[row].layer, .at = at, .size = size};
    for (size_t k = 0; k < size; k++)
        out->value = out->value << 8 | packet->frame[span->offset + at + k];
    out->field = field_at(out);
    return true;
}

/* A part that compares bytes with a number. */
struct compared {
    struct accessor bytes;
    uint64_t mask, to; /* mask: UINT64_MAX for none */
    char with;         /* = < > and ! for != */
};

static bool compares(uint64_t value, char with, uint64_t to)
{
    return with == '=' ? value == to : with == '!' ? value != to : with == '<' ? value < to : value > to;
}

static const char *label(const struct accessor *a)
{
    return a->field ? a->field->label : "it";
}

/* Of a word that is wrong: with its bytes exchanged it would be right, or the right one stands in another
 * place of this header. */
static void put_cause(const struct packet *packet, const struct accessor *a, uint64_t mask, char with,
                      uint64_t to, struct diagnosis *d, char out[TOLD_SIZE])
{
    const struct span *span = &packet->layers[a->layer];
    const size_t used = strlen(out);

    /* the bound itself is not below it, nor above */
    if (a->size != WORD || ((with == '<' || with == '>') && a->value == to))
        return;
    if (compares(__builtin_bswap16((uint16_t)a->value) & mask, with, to)) {
        snprintf(out + used, TOLD_SIZE - used, ": in the other order it would be right");
        if (a->field && a->field->bits == WORD_BITS)
            suspect_mend(d, "struct.pack('!H', value)   # the ! is network byte order");
        return;
    }
    for (size_t at = 0; with == '=' && to > UINT8_MAX && at + WORD <= span->length; at += WORD) {
        struct accessor other = {.layer = a->layer, .at = at, .size = WORD};
        if (at == a->at || load_be16(packet->frame + span->offset + at) != to ||
            !(other.field = field_at(&other)) || other.field->bits != WORD_BITS)
            continue;
        snprintf(out + used, TOLD_SIZE - used, ", and %llu in %s", (unsigned long long)to,
                 other.field->label);
        return;
    }
}

/* & MASK, and with what it compares; false where that is anything else. */
static bool read_comparison(const char **part, struct compared *c)
{
    c->mask = UINT64_MAX;
    skip_blanks(part);
    if (**part == '&') {
        (*part)++;
        skip_blanks(part);
        if (!read_value(part, &c->mask))
            return false;
        skip_blanks(part);
    }
    c->with = **part;
    const bool not = c->with == '!' && (*part)[1] == '=';
    if (!not &&((c->with != '=' && c->with != '<' && c->with != '>') || (*part)[1] == '='))
        return false;
    *part += 1 + not ;
    skip_blanks(part);
    return true;
}

/* The number as its field shows it, where all of that is compared. */
static const char *value_text(const struct compared *c, uint64_t value, char out[FIELD_TEXT_SIZE])
{
    const struct field *f = c->bytes.field;

    if (f && (f->bits == c->bytes.size * 8 || f->kind == FIELD_FLAGS) && value <= field_max(f))
        return field_text(f, value, out);
    snprintf(out, FIELD_TEXT_SIZE, c->bytes.size > 1 ? "0x%0*llx" : "%.*llu",
             c->bytes.size > 1 ? (int)c->bytes.size * 2 : 1, (unsigned long long)value);
    return out;
}

/* What this part wants there, or (yes) does not. */
static void put_wanted(const struct compared *c, bool yes, struct diagnosis *d)
{
    static const struct {
        char with;
        const char *no, *yes;
    } rows[] = {{'=', "must be", "must not be"},
                {'!', "must not be", "must be"},
                {'<', "must be less than", "must be no less than"},
                {'>', "must be more than", "must be no more than"}};
    char where[48], masked[FIELD_TEXT_SIZE + 4] = "", mask[FIELD_TEXT_SIZE], to[FIELD_TEXT_SIZE];

    if (c->bytes.field)
        snprintf(where, sizeof(where), "%s", c->bytes.field->label);
    else
        snprintf(where, sizeof(where), "byte%s %zu of the %s header", c->bytes.size > 1 ? "s from" : "",
                 c->bytes.at, layer_text(c->bytes.layer));
    if (c->mask != UINT64_MAX && c->bytes.field && c->bytes.field->kind == FIELD_FLAGS)
        snprintf(masked, sizeof(masked), " & %s", value_text(c, c->mask, mask));
    else if (c->mask != UINT64_MAX)
        snprintf(masked, sizeof(masked), " & 0x%llx", (unsigned long long)c->mask);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].with == c->with)
            suspect_mend(d, "%s%s %s %s", where, masked, yes ? rows[i].yes : rows[i].no,
                         value_text(c, c->to, to));
}

/* Two addresses that must be one are told whole. */
static void put_pair(const struct packet *packet, const struct accessor *a, const struct accessor *b,
                     struct diagnosis *d, char out[TOLD_SIZE])
{
    char one[FIELD_TEXT_SIZE], other[FIELD_TEXT_SIZE];
    uint64_t x, y;

    if (a->field && b->field && a->field->kind == FIELD_ETHER && b->field->kind == FIELD_ETHER &&
        packet_value(packet, a->field, &x) == FIELD_OK && packet_value(packet, b->field, &y) == FIELD_OK)
        snprintf(out, TOLD_SIZE, "; %s is %s, %s %s", label(a), field_text(a->field, x, one), label(b),
                 field_text(b->field, y, other));
    else
        snprintf(out, TOLD_SIZE, "; %s has 0x%0*llx there, %s 0x%0*llx", label(a), (int)a->size * 2,
                 (unsigned long long)a->value, label(b), (int)b->size * 2, (unsigned long long)b->value);
    suspect_mend(d, "the same in both places");
}

/* src port 53, dst portrange 1-1023: false where the part is anything else. */
static bool put_port(const char *part, const struct packet *packet, bool yes, struct diagnosis *d,
                     char out[TOLD_SIZE])
{
    enum { SIDE = 4 }; /* "src " and "dst " */
    static const char *const names[][2] = {{"tcp.srcport", "tcp.dstport"}, {"udp.srcport", "udp.dstport"}};
    const bool to = strncmp(part, "dst ", SIDE) == 0, tcp = packet->layers[LAYER_TCP].present;
    const struct field *field = field_find(names[!tcp][to]);
    uint64_t low, high, port;

    if (!to && strncmp(part, "src ", SIDE) != 0)
        return false;
    const char *next = part + SIDE;
    const bool range = strncmp(next, "portrange ", strlen("portrange ")) == 0;
    if (!range && strncmp(next, "port ", strlen("port ")) != 0)
        return false;
    next += strlen(range ? "portrange " : "port ");
    if (!read_number(&next, &low) || (range && (*next++ != '-' || !read_number(&next, &high))) || *next ||
        packet_value(packet, field, &port) != FIELD_OK)
        return false;
    snprintf(out, TOLD_SIZE, "; %s is %llu", field->label, (unsigned long long)port);
    if (range)
        suspect_mend(d, "%s must %sbe from %llu to %llu", field->label, yes ? "not " : "",
                     (unsigned long long)low, (unsigned long long)high);
    else
        suspect_mend(d, "%s must %sbe %llu", field->label, yes ? "not " : "", (unsigned long long)low);
    return true;
}

/* What stands in the bytes that this part compares, empty where that cannot be told; and what to try. */
static void put_told(const char *part, const struct packet *packet, bool yes, struct diagnosis *d,
                     char out[TOLD_SIZE])
{
    struct compared c;
    struct accessor b;

    out[0] = '\0';
    if (strlen(part) <= MENDED_PART)
        suspect_mend(d, "tcpdump -r FILE '%s' asks it of your packet", part);
    if (put_port(part, packet, yes, d, out) || !read_bytes(&part, packet, &c.bytes))
        return;
    const struct accessor *a = &c.bytes;
    snprintf(out, TOLD_SIZE, "; %s is %llu (0x%0*llx)", label(a), (unsigned long long)a->value,
             (int)a->size * 2, (unsigned long long)a->value);
    if (!read_comparison(&part, &c))
        return;
    if (!yes && c.with == '=' && read_bytes(&part, packet, &b)) {
        put_pair(packet, a, &b, d, out);
    } else if (read_value(&part, &c.to) && !*part) {
        put_wanted(&c, yes, d);
        if (!yes)
            put_cause(packet, a, c.mask, c.with, c.to, d, out);
    }
}

static enum fit say(const struct suspect *s, struct diagnosis *d, const char *says)
{
    char part[FILTER_TEXT_MAX + 1], told[TOLD_SIZE];
    size_t parts[FILTER_PARTS_MAX];
    const struct filter *filter = s->clause->filtered->filter;
    const size_t n = filter_blame(filter, s->packet, parts);

    if (!n) {
        suspect_say(d, "the filter as a whole says %s to this frame", says);
        return FIT_FACT;
    }
    filter_part(filter, parts[0], part);
    put_told(part, s->packet, s->got, d, told);
    char more[32] = "";
    if (n > 1)
        snprintf(more, sizeof(more), ", and %zu more of its parts", n - 1);
    suspect_say(d, "this part of the filter says %s: %.*s%s%s%s", says, PART_SHOWN, part,
                strlen(part) > PART_SHOWN ? "..." : "", told, more);
    return FIT_FACT;
}

enum fit why_filter_no(const struct suspect *s, struct diagnosis *d)
{
    return s->clause && s->clause->filtered && !s->got ? say(s, d, "no") : FIT_NONE;
}

enum fit why_filter_yes(const struct suspect *s, struct diagnosis *d)
{
    return s->clause && s->clause->filtered && s->got ? say(s, d, "yes") : FIT_NONE;
}
