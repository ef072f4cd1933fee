/* Options of IPv4 by name: which of those asked for is missing, stands elsewhere, or differs in what (RFC
 * 791, section 3.1). */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

enum { END = 0, NOP = 1, COPIED = 128, HEADER = 20, LEAST = 2, OPTIONS_MAX = 40, NAME_SIZE = 40 };

/* What came in the header, and what is asked for. */
struct option_lists {
    const uint8_t *got, *want;
    size_t n_got, n_want;
};

static const char *name_of(uint8_t type, char out[NAME_SIZE])
{
    static const struct {
        uint8_t type;
        const char *name;
    } rows[] = {{7, "record route"},         {68, "timestamp"},  {130, "security"},
                {131, "loose source route"}, {136, "stream ID"}, {137, "strict source route"},
                {148, "router alert"}};

    snprintf(out, NAME_SIZE, "option %u", type);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].type == type)
            snprintf(out, NAME_SIZE, "option %u (%s)", type, rows[i].name);
    return out;
}

/* An option's bytes at `at`; 0 where none is. */
static size_t option_at(const uint8_t *bytes, size_t n, size_t at)
{
    return at + LEAST <= n && bytes[at + 1] >= LEAST && at + bytes[at + 1] <= n ? bytes[at + 1] : 0;
}

static bool has_option(const uint8_t *bytes, size_t n, const uint8_t *option, size_t length)
{
    size_t each;

    for (size_t at = 0; at < n; at += each) {
        each = bytes[at] == NOP || bytes[at] == END ? 1 : option_at(bytes, n, at);
        if (!each)
            return false;
        if (each == length && memcmp(bytes + at, option, length) == 0)
            return true;
    }
    return false;
}

/* The first of those asked for that did not come, or of those that came that is not asked for. */
static bool all_there(const struct option_lists *p, size_t *missing)
{
    size_t each;

    for (*missing = 0; *missing < p->n_want; *missing += each) {
        each = option_at(p->want, p->n_want, *missing);
        if (!each || !has_option(p->got, p->n_got, p->want + *missing, each))
            return false;
    }
    return true;
}

/* What is asked for with single bytes of NOP or end between or behind. */
static bool says_fillers(const struct option_lists *p, struct diagnosis *d)
{
    uint8_t left[OPTIONS_MAX];
    size_t n = 0, each, nops = 0;

    for (size_t at = 0; at < p->n_got && n < sizeof(left); at += each) {
        const bool single = p->got[at] == NOP || p->got[at] == END;
        each = single ? 1 : option_at(p->got, p->n_got, at);
        if (!each || n + each > sizeof(left))
            return false;
        nops += p->got[at] == NOP;
        if (!single) {
            memcpy(left + n, p->got + at, each);
            n += each;
        }
    }
    if (n == p->n_got || n != p->n_want || memcmp(left, p->want, n) != 0)
        return false;
    suspect_say(d, "%zu bytes of %s fill the options up: those asked for are %zu bytes, and need none",
                p->n_got - n,
                nops == p->n_got - n ? "NOP (1)"
                : nops               ? "NOP (1) and end (0)"
                                     : "end (0)",
                n);
    suspect_mend(d, "leave them out; then version_ihl = (4 << 4) | %zu", (HEADER + n) / 4);
    return true;
}

/* They stand behind what they should stand before. */
static bool says_behind(const struct suspect *s, const struct option_lists *p, struct diagnosis *d)
{
    const uint8_t *from = p->got + 1, *end = s->packet->frame + s->packet->length;

    if (!p->n_want || from >= end || !memmem(from, (size_t)(end - from), p->want, p->n_want) ||
        memmem(p->got, p->n_got, p->want, p->n_want))
        return false;
    suspect_say(d, "the options stand behind the payload: they belong between the header's %d bytes and it",
                HEADER);
    suspect_mend(d, "packet = ip_header + options + payload");
    return true;
}

/* Its type and its length of two bytes each, in either order. */
static bool is_packed_wide(const uint8_t *got, size_t n, const uint8_t *want)
{
    return n >= 4 && ((got[0] == want[0] && !got[1] && got[2] == want[1] && !got[3]) ||
                      (!got[0] && got[1] == want[0] && !got[2] && got[3] == want[1]));
}

static void say_value(const uint8_t *got, const uint8_t *want, size_t n, const char *name,
                      struct diagnosis *d)
{
    if (n != 2) {
        suspect_say(d, "the value of %s is another", name);
    } else if (got[0] == want[1] && got[1] == want[0]) {
        suspect_say(d, "the value of %s is 0x%04x: 0x%04x with its bytes in the other order", name,
                    load_be16(got), load_be16(want));
        suspect_mend(d, "struct.pack('!BBH', ...)   # with the !");
    } else {
        suspect_say(d, "the value of %s is %u, and %u is asked for", name, load_be16(got), load_be16(want));
    }
}

/* The first option that differs from what is asked for at its place. */
static bool says_difference(const struct option_lists *p, struct diagnosis *d)
{
    char name[NAME_SIZE];
    size_t each;

    for (size_t at = 0; at < p->n_want && at + LEAST <= p->n_got; at += each) {
        const uint8_t *got = p->got + at, *want = p->want + at;
        each = option_at(p->want, p->n_want, at);
        if (!each)
            return false;
        const size_t n = each < p->n_got - at ? each : p->n_got - at;
        if (memcmp(got, want, n) == 0)
            continue;
        name_of(want[0], name);
        suspect_mend(d, "struct.pack('!BB', %u, %u) + value   # type, length of all, value", want[0],
                     want[1]);
        if (is_packed_wide(got, p->n_got - at, want))
            suspect_say(d, "type and length of %s are a byte each: they were packed as two bytes each", name);
        else if ((got[0] | COPIED) == want[0] && got[0] != want[0])
            suspect_say(d, "type %u is %s without the copied flag: %d + %u", got[0], name, COPIED, got[0]);
        else if (got[0] != want[0])
            suspect_say(d, "type %u (0x%02x) stands where %s, 0x%02x, is asked for", got[0], got[0], name,
                        want[0]);
        else if (got[1] != want[1])
            suspect_say(d, "the length of %s is %u: its type, its length and its value are %u bytes", name,
                        got[1], want[1]);
        else
            say_value(got + LEAST, want + LEAST, n - LEAST, name, d);
        return true;
    }
    return false;
}

static bool pair_of(const struct suspect *s, struct option_lists *p)
{
    const struct clause *c = clause_of(s->rules, field_find("ip.options"));
    const struct span *ip = &s->packet->layers[LAYER_IP];

    if (!c || c->kind != MATCH_BYTES || !ip->complete || ip->length < HEADER ||
        (strcmp(s->field->name, "ip.options") != 0 && strcmp(s->field->name, "ip.hdr_len") != 0))
        return false;
    *p = (struct option_lists){.got = s->packet->frame + ip->offset + HEADER,
                               .want = c->bytes,
                               .n_got = ip->length - (size_t)HEADER,
                               .n_want = c->n_bytes};
    return !(p->n_got == p->n_want && memcmp(p->got, p->want, p->n_want) == 0);
}

/* Nothing came but what is asked for, and not all of it. */
static bool says_missing(const struct option_lists *p, struct diagnosis *d)
{
    const struct option_lists back = {.got = p->want, .n_got = p->n_want, .want = p->got, .n_want = p->n_got};
    char name[NAME_SIZE];
    size_t missing, other;

    if (p->n_got >= p->n_want || !all_there(&back, &other) || all_there(p, &missing) ||
        !option_at(p->want, p->n_want, missing))
        return false;
    suspect_say(d, "%s is missing%s", name_of(p->want[missing], name),
                missing >= p->n_got ? ": the header ends before it" : "");
    suspect_mend(d, "options = one + other, %zu bytes; then version_ihl = (4 << 4) | %zu", p->n_want,
                 (HEADER + p->n_want) / 4);
    return true;
}

bool why_options_says(const struct suspect *s, struct diagnosis *d)
{
    char name[NAME_SIZE];
    struct option_lists p;
    size_t missing;

    if (!pair_of(s, &p))
        return false;
    if (!p.n_got)
        return says_behind(s, &p, d);
    if (says_fillers(&p, d) || says_behind(s, &p, d))
        return true;
    if (p.n_got == p.n_want && all_there(&p, &missing)) {
        suspect_say(d, "the options are those asked for, in another order");
        suspect_mend(d, "%s stands first", name_of(p.want[0], name));
        return true;
    }
    if (p.n_got == p.n_want)
        return says_difference(&p, d);
    return says_missing(&p, d);
}
