/* Mistakes with a sum: each wrong recipe is computed again from the packet's own bytes. The right value is
 * never told: to compute it is the exercise. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/cursor.h"
#include "base/str.h"
#include "explain/rare.h"
#include "explain/recipe.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"
#include "judge/talk.h"

enum { IP_HEADER = 20, HEADER_MOST = 60 };

static const char *protocol_name(uint32_t number)
{
    static const struct {
        uint32_t number;
        const char *name;
    } rows[] = {{0, "0"},         {1, "1 (ICMP)"},     {3, "3 (SOCK_RAW)"},       {6, "6 (TCP)"},
                {17, "17 (UDP)"}, {58, "58 (ICMPv6)"}, {255, "255 (IPPROTO_RAW)"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].number == number)
            return rows[i].name;
    return "another";
}

static void say_field(const struct summed *s, uint32_t instead, struct diagnosis *d)
{
    const struct summed_field *f = summed_field_at(s->layer, instead & 0xFF);

    if (instead & FIELD_WAS_SHORTER) {
        suspect_say(d, "the total length was %zu when the sum was made: the %zu bytes of text came behind it",
                    s->ip_length - s->text, s->text);
        suspect_mend(d, "the text first, then all sums; scapy: del p[IP].chksum, del p[TCP].chksum");
        return;
    }
    if (s->layer == LAYER_IP)
        return; /* what may be it is in codes.def */
    if (instead & FIELD_WAS_ASKED)
        suspect_say(d, "%s was changed after the sum was made: it held what is asked for then", f->name);
    else
        suspect_say(d, "%s was filled in after the sum was made: it was 0 then", f->name);
}

static void say_length(const struct summed *s, uint32_t instead, struct diagnosis *d)
{
    const char *what = instead == s->length - s->header ? ", the payload's alone"
                       : instead == s->length + 12      ? ", with the pseudo-header's own 12"
                                                        : "";

    if (instead == UINT32_MAX)
        suspect_say(d, "the length in the pseudo-header, %zu, was packed in the host's byte order",
                    s->length);
    else
        suspect_say(d, "the length in the pseudo-header was %u%s: header and payload are %zu bytes", instead,
                    what, s->length);
    if (instead == UINT32_MAX)
        suspect_mend(d,
                     s->v6 ? "struct.pack('!16s16sI3xB', src, dst, length, %u)   # with the !"
                           : "struct.pack('!4s4sBBH', src, dst, 0, %u, length)   # with the !",
                     s->protocol);
    else if (s->layer != LAYER_TCP)
        suspect_mend(d, "length = 8 + len(payload)   # the payload as it is sent");
}

static void say_address(uint32_t instead, struct diagnosis *d)
{
    static const char *const words[] = {
        [WRONG_BOTH_SOURCE] = "both addresses in the pseudo-header were the source's",
        [WRONG_BOTH_DESTINATION] = "both addresses in the pseudo-header were the destination's",
        [WRONG_HOST_ORDER] = "the pseudo-header's addresses were in the host's byte order",
    };

    char source[IPADDR_TEXT_SIZE];

    if (instead < WRONG_SOURCES)
        suspect_say(d, "%s", words[instead]);
    else
        suspect_say(d, "the pseudo-header's source address was %s, not the one in the IPv4 header",
                    ipaddr_text(instead, source));
}

/* The mends of codes.def are TCP's. */
static void mend_by_layer(enum recipe recipe, const struct summed *s, struct diagnosis *d)
{
    const char *header = s->layer == LAYER_IP    ? "ip_header"
                         : s->layer == LAYER_UDP ? "udp_header"
                         : s->layer == LAYER_TCP ? "tcp_header"
                                                 : "icmp_header";

    if (recipe == RECIPE_ZERO && s->layer == LAYER_IP)
        suspect_mend(d, "checksum(ip_header)   # its 20 bytes alone, with checksum 0, then pack again");
    else if (recipe == RECIPE_ZERO && s->layer == LAYER_TCP)
        suspect_mend(d,
                     "pack checksum 0, sum pseudo-header, header and payload, then pack again with the sum");
    else if (recipe == RECIPE_ZERO && !s->pseudo)
        suspect_mend(d, "checksum(icmp_header + payload), with checksum 0, then pack again");
    else if (recipe == RECIPE_NO_PAYLOAD && !s->pseudo)
        suspect_mend(d, "checksum(icmp_header + payload)   # no pseudo-header in ICMP");
    else if (recipe == RECIPE_NO_PAYLOAD || recipe == RECIPE_IP_HEADER_SUMMED)
        suspect_mend(d, "checksum(pseudo + %s + payload)", header);
    else if (recipe == RECIPE_NO_PSEUDO_HEADER && !s->v6)
        suspect_mend(d, "struct.pack('!4s4sBBH', src, dst, 0, %u, length) + %s + payload", s->protocol,
                     header);
    else if (recipe == RECIPE_NO_PSEUDO_HEADER)
        suspect_mend(d, "struct.pack('!16s16sI3xB', src, dst, length, %u) + %s + payload", s->protocol,
                     header);
    else if (recipe == RECIPE_WITH_PSEUDO_HEADER && s->layer == LAYER_IP)
        suspect_mend(d, "checksum(ip_header)");
    else if (recipe == RECIPE_HEADER_LENGTH_ONLY && s->layer == LAYER_UDP)
        suspect_mend(d, "length = 8 + len(payload)");
    else if (recipe == RECIPE_PSEUDO_LAYOUT && s->v6)
        suspect_mend(
            d, "length, three zero bytes, next header: struct.pack('!16s16sI3xB', src, dst, length, %u)",
            s->protocol);
    else if (recipe == RECIPE_PSEUDO_LAYOUT)
        suspect_mend(d, "struct.pack('!4s4sBBH', src, dst, 0, %u, length)   # first 0, then %u", s->protocol,
                     s->protocol);
}

/* Of this packet's pseudo-header, where there is more to say than what codes.def says of all. */
static void say_pseudo(enum recipe recipe, uint32_t instead, const struct summed *s, struct diagnosis *d)
{
    char address[IPADDR_TEXT_SIZE];

    switch (recipe) {
    case RECIPE_HEADER_LENGTH_ONLY:
        suspect_say(d, "the length in the pseudo-header was %zu, the %s header's alone: %zu bytes follow it",
                    s->header, layer_text(s->layer), s->length - s->header);
        break;
    case RECIPE_IP_LENGTH:
        suspect_say(d,
                    "the length in the pseudo-header was %u, the whole packet's: the IPv4 header does not "
                    "count",
                    s->ip_length);
        break;
    case RECIPE_WRONG_LENGTH:
        say_length(s, instead, d);
        break;
    case RECIPE_WRONG_ADDRESS:
        say_address(instead, d);
        break;
    case RECIPE_SOURCE_ZERO:
        if (s->v6)
            suspect_say(d, "the pseudo-header's source address is ::, or was left out");
        break;
    case RECIPE_PSEUDO_LAYOUT:
        if (s->v6 && !instead)
            suspect_say(d,
                        "the next header stands in the wrong byte of the pseudo-header: it is the last one, "
                        "behind three zero bytes");
        if (instead)
            suspect_say(d, "the zero byte before the protocol was left out of the pseudo-header: all behind "
                           "it stood one byte too early");
        break;
    case RECIPE_WRONG_PROTOCOL:
        suspect_say(d, "the protocol in the pseudo-header was %s, this is %s", protocol_name(instead),
                    protocol_name(s->protocol));
        suspect_mend(d,
                     s->v6 ? "put %u there: struct.pack('!16s16sI3xB', src, dst, length, %u)"
                           : "put %u there: struct.pack('!4s4sBBH', src, dst, 0, %u, length)",
                     s->protocol, s->protocol);
        break;
    case RECIPE_SOURCE_LOOPBACK:
        suspect_say(d, "the pseudo-header's source address was %s, not the one in the IPv4 header",
                    ipaddr_text(instead, address));
        break;
    case RECIPE_WITH_PSEUDO_HEADER:
        if (s->layer == LAYER_IP)
            suspect_say(d, "it was computed with a pseudo-header, which the IPv4 header's checksum does not "
                           "have");
        break;
    default:
        break;
    }
}

/* Of this packet's bytes. */
static void say_bytes(enum recipe recipe, uint32_t instead, const struct summed *s, struct diagnosis *d)
{
    switch (recipe) {
    case RECIPE_ZERO:
        if (s->layer == LAYER_UDP && !s->v6)
            suspect_say(d, "the checksum is 0, which in UDP says that none was computed; a sum that comes "
                           "out as 0 is sent as 0xffff");
        else if (s->layer == LAYER_IP)
            suspect_say(d, "the header checksum is 0: a raw IPv4 socket's kernel would have filled it in, "
                           "what goes out below IP (AF_PACKET, a forwarder) must bring its own");
        else if (s->layer != LAYER_UDP)
            suspect_say(d, "the checksum is 0: it was not computed, or once more over a header that held the "
                           "right one already, which gives 0");
        break;
    case RECIPE_NO_PAYLOAD:
        suspect_say(d, "it was computed without the %zu bytes of payload", s->length - s->header);
        break;
    case RECIPE_LITTLE_ENDIAN:
        /* one byte before all of an odd length moves each to the other half of its word */
        if (s->length % 2)
            suspect_say(d,
                        "its two bytes are swapped: words in the host's order, or, of the odd length %zu, a "
                        "zero byte before all instead of behind",
                        s->length);
        if (s->length % 2)
            suspect_mend(d, "words with '!', then struct.pack('!H', checksum); b'\\0' behind an odd length");
        break;
    case RECIPE_FIELDS_CHANGED:
        say_field(s, instead, d);
        break;
    case RECIPE_BYTES_LEFT_OUT:
        suspect_say(d, "the last %s of its %zu bytes was not summed", instead == 2 ? "word" : "byte",
                    s->length);
        break;
    case RECIPE_ODD_BYTE_DROPPED:
        suspect_say(d, "%zu bytes is an odd length, and the last one, 0x%02x, was left out", s->length,
                    instead);
        break;
    case RECIPE_ODD_BYTE_WRONG_END:
        suspect_say(d, "%zu bytes is an odd length, and the last one was added as 0x00%02x, not as 0x%02x00",
                    s->length, instead, instead);
        break;
    case RECIPE_FIELD_NOT_ZEROED:
        if (instead)
            suspect_say(d, "it was computed a second time over a header that held the right one already: "
                           "that gives 0");
        break;
    default:
        break;
    }
}

/* What the packet's clauses ask of the fields that the sum is made over. */
static void ask_clauses(const struct suspect *s, struct summed *out)
{
    const struct rules *rules = s->rules;
    uint64_t value, have;

    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        const struct summed_field *f;
        if (!c->spec || c->field->layer != out->layer || c->field->bits % 8 || c->field->bit % 8 ||
            !suspect_asked(s, c, &value) || packet_value(s->packet, c->field, &have) != FIELD_OK ||
            have == value)
            continue;
        for (size_t k = 0; (f = summed_field_at(out->layer, k)) && out->n_asked < SUMMED_ASKED_MAX; k++)
            if (f->at == c->field->bit / 8 && f->size == c->field->bits / 8) {
                out->asked[out->n_asked].field = k;
                out->asked[out->n_asked++].value = (uint32_t)value;
            }
    }
}

/* Where a source is asked for, or may be forged, the pseudo-header may have another one. */
static void ask_sources(const struct suspect *s, struct summed *out)
{
    const struct clause *c = clause_of(s->rules, field_find("ip.src"));
    const struct roster *roster = s->rules->roster;
    const struct student *own = roster ? roster_find(roster, s->verdict->student) : NULL;
    const ipaddr from = packet_src(s->packet);
    uint64_t value;

    if (!out->pseudo || out->v6)
        return;
    if (c && suspect_asked(s, c, &value) && value != from)
        out->sources[out->n_sources++] = (uint32_t)value;
    if (c && s->rules->class->target != from && s->rules->class->target == packet_dst(s->packet))
        out->sources[out->n_sources++] = (uint32_t)s->rules->class->target;
    if (own && own->address && !ipaddr_is6(own->address) && own->address != from)
        out->sources[out->n_sources++] = (uint32_t)own->address;
}

static const struct suspect_sum *matches_of(const struct suspect *s)
{
    bool judged = s->clause && s->field->kind == FIELD_CHECKSUM_STATUS && !s->finding->absent;
    struct suspect_sum *found = s->sum;

    if (found->sought)
        return found;
    found->sought = true;
    found->n = 0;
    if ((!judged && s->finding->fault != FAULT_IP_CHECKSUM) ||
        !summed_of(&found->sum, s->packet, s->field->layer))
        return found;
    ask_clauses(s, &found->sum);
    ask_sources(s, &found->sum);
    const uint8_t *at = found->sum.bytes + found->sum.at;
    found->n = recipe_matches(&found->sum, load_be16(at), found->matches);
    /* options that the sum knows nothing of, or that are none */
    if (!found->n && s->field->layer == LAYER_IP && found->sum.header > IP_HEADER) {
        found->sum.beyond += found->sum.beyond ? found->sum.header - IP_HEADER : 0;
        found->sum.header = found->sum.length = IP_HEADER;
        found->n = recipe_matches(&found->sum, load_be16(at), found->matches);
    }
    return found;
}

/* Two mistakes have two codes, of which the likelier one says what both are. */
static enum fit say_pair(enum recipe recipe, const struct recipe_match *m, struct diagnosis *d)
{
    if (m->recipe == recipe)
        suspect_say(d, "two mistakes at once give it: %s, and %s", recipe_text(m->recipe),
                    recipe_text(m->with));
    else
        suspect_say(d, "the second of two mistakes at once: %s", recipe_text(m->with));
    return m->tried <= LIKELY_MAX ? FIT_GOOD : FIT_LAST;
}

/* Another mistake, rarer, gives the same value: both are said, where there is room. */
static bool say_rare(const struct suspect *s, struct diagnosis *d)
{
    const struct summed *sum = &matches_of(s)->sum;
    char text[sizeof(d->text)];
    struct rare rare;

    if (!rare_find(sum, load_be16(sum->bytes + sum->at), &rare))
        return false;
    memcpy(text, d->text, sizeof(text));
    if (strlen(text) + strlen("; or ") + strlen(rare.text) < sizeof(text))
        suspect_say(d, "%s; or %s", text, rare.text);
    return true;
}

static enum fit by_recipe(enum recipe recipe, const struct suspect *s, struct diagnosis *d)
{
    if (s->field->layer == LAYER_SCTP)
        return why_crc(recipe, s, d);

    const struct suspect_sum *found = matches_of(s);
    for (size_t i = 0; i < found->n; i++) {
        const struct recipe_match *m = &found->matches[i];
        if (m->recipe != recipe && m->with != recipe)
            continue;
        mend_by_layer(recipe, &found->sum, d);
        if (m->with != N_RECIPES)
            return say_pair(recipe, m, d);
        say_pseudo(recipe, m->instead, &found->sum, d);
        say_bytes(recipe, m->instead, &found->sum, d);
        /* beside what is likely it costs no chance to tell what few make */
        const bool beside = found->matches->tried <= LIKELY_MAX && found->matches->with == N_RECIPES;
        const enum fit fit = m->tried <= LIKELY_MAX ? FIT_STRONG : beside ? FIT_GOOD : FIT_LAST;
        /* a sum of other bytes agrees with this one by chance alone as well */
        const bool other = recipe == RECIPE_OF_IP_HEADER || say_rare(s, d);
        return other && fit == FIT_STRONG ? FIT_GOOD : fit;
    }
    return FIT_NONE;
}

#define RECOGNISER(name, recipe)                                                                             \
    enum fit why_checksum_##name(const struct suspect *s, struct diagnosis *d)                               \
    {                                                                                                        \
        return by_recipe(recipe, s, d);                                                                      \
    }

RECOGNISER(zero, RECIPE_ZERO)
RECOGNISER(no_pseudo_header, RECIPE_NO_PSEUDO_HEADER)
RECOGNISER(not_complemented, RECIPE_NOT_COMPLEMENTED)
RECOGNISER(little_endian, RECIPE_LITTLE_ENDIAN)
RECOGNISER(no_payload, RECIPE_NO_PAYLOAD)
RECOGNISER(carries_lost, RECIPE_CARRIES_LOST)
RECOGNISER(before_encoding, RECIPE_BEFORE_ENCODING)
RECOGNISER(header_length_only, RECIPE_HEADER_LENGTH_ONLY)
RECOGNISER(ip_length, RECIPE_IP_LENGTH)
RECOGNISER(fields_changed, RECIPE_FIELDS_CHANGED)
RECOGNISER(odd_byte_dropped, RECIPE_ODD_BYTE_DROPPED)
RECOGNISER(odd_byte_wrong_end, RECIPE_ODD_BYTE_WRONG_END)
RECOGNISER(newline_stripped, RECIPE_NEWLINE_STRIPPED)
RECOGNISER(wrong_length, RECIPE_WRONG_LENGTH)
RECOGNISER(source_zero, RECIPE_SOURCE_ZERO)
RECOGNISER(source_loopback, RECIPE_SOURCE_LOOPBACK)
RECOGNISER(pseudo_layout, RECIPE_PSEUDO_LAYOUT)
RECOGNISER(wrong_address, RECIPE_WRONG_ADDRESS)
RECOGNISER(wrong_protocol, RECIPE_WRONG_PROTOCOL)
RECOGNISER(field_not_zeroed, RECIPE_FIELD_NOT_ZEROED)
RECOGNISER(negated, RECIPE_NEGATED)
RECOGNISER(bytes_left_out, RECIPE_BYTES_LEFT_OUT)
RECOGNISER(single_bytes, RECIPE_SINGLE_BYTES)
RECOGNISER(ip_header_summed, RECIPE_IP_HEADER_SUMMED)
RECOGNISER(of_ip_header, RECIPE_OF_IP_HEADER)
RECOGNISER(offloaded, RECIPE_OFFLOADED)
RECOGNISER(with_pseudo_header, RECIPE_WITH_PSEUDO_HEADER)
RECOGNISER(with_payload, RECIPE_WITH_PAYLOAD)

/* The payload that was asked for, as it is sent, or the handle that an earlier step's packet held; 0 where it
 * is not known. */
static size_t payload_asked(const struct suspect *s, uint8_t *out, size_t size)
{
    const struct clause *named = s->rules->named;
    char text[TEXT_MAX + NAME_MAX_LEN + 1];

    if (!named && s->rules->talk) {
        const size_t n = strlen(s->rules->talk->student);
        memcpy(out, s->rules->talk->student, n);
        return n;
    }
    if (!named || !s->verdict->student[0] || named->field->layer != LAYER_PAYLOAD)
        return 0;
    const int n = snprintf(text, sizeof(text), "%s%s%s", named->before, s->verdict->student, named->after);
    if (n <= 0 || (size_t)n >= sizeof(text) || HEX_SIZE((size_t)n) > size)
        return 0;
    if (named->encoding == ENCODING_HEX)
        hex_encode((char *)out, text, (size_t)n);
    else if (named->encoding == ENCODING_BASE64)
        base64_encode((char *)out, text, (size_t)n);
    else
        memcpy(out, text, (size_t)n + 1);
    return strlen((const char *)out);
}

/* The sum is right for a header with the payload that is asked for behind it, and that did not come. */
static bool is_of_absent_payload(const struct suspect *s, const struct summed *sum, uint16_t got)
{
    uint8_t bytes[HEADER_MOST + HEX_SIZE(TEXT_MAX + NAME_MAX_LEN + 1)];
    struct summed whole = *sum;

    if (sum->length != sum->header || sum->header > HEADER_MOST)
        return false;
    const size_t n = payload_asked(s, bytes + sum->header, sizeof(bytes) - sum->header);
    memcpy(bytes, sum->bytes, sum->header);
    whole.bytes = bytes;
    whole.length += n;
    return n && summed_right(&whole) == got;
}

/* What no recipe gives: values that are met by chance are told in words alone. */
static void say_last(const struct suspect *s, struct diagnosis *d)
{
    const struct suspect_sum *found = matches_of(s);
    struct summed sum;
    struct rare rare;

    /* two mistakes at once that far down the list are met by chance more easily than one of these */
    if ((found->n && found->matches[0].tried <= LIKELY_MAX) || !summed_of(&sum, s->packet, s->field->layer))
        return;
    const uint16_t got = load_be16(sum.bytes + sum.at);
    if (is_of_absent_payload(s, &sum, got) && !s->rules->named) {
        suspect_say(d, "it is right with your handle behind the header, as in the first packet: here nothing "
                       "stands there");
        suspect_mend(d, "sum what is sent: pseudo-header and header alone");
    } else if (is_of_absent_payload(s, &sum, got)) {
        suspect_say(d, "it is right for the payload that is asked for: that was summed, and not sent");
        suspect_mend(d, "s.sendto(header + payload, (target, 0)): send what was summed");
    } else if (rare_find(&sum, got, &rare)) {
        suspect_say(d, "%s", rare.text);
        suspect_mend(d, "%s", rare.mend);
    } else if (got == UINT16_MAX) {
        suspect_say(d, "0xffff is the complement of 0: nothing was summed, or nothing but zeros");
        suspect_mend(d, "for i in range(0, len(data), 2): total += (data[i] << 8) + data[i + 1]");
    }
}

enum fit why_checksum_wrong(const struct suspect *s, struct diagnosis *d)
{
    if (s->finding->fault == FAULT_IP_CHECKSUM) {
        suspect_say(d,
                    "the kernel of an ordinary sender always writes the right one: this packet was not sent "
                    "through a raw IPv4 socket, or was changed on its way");
        return FIT_LAST;
    }
    if (s->field->kind != FIELD_CHECKSUM_STATUS)
        return FIT_NONE;
    if (s->field->layer == LAYER_SCTP && !why_crc_says(s, d))
        suspect_mend(d, "compute the CRC32c again, over exactly the bytes that are sent with checksum 0");
    else if (s->field->layer != LAYER_SCTP)
        say_last(s, d);
    return FIT_LAST;
}
