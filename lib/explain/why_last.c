/* The last word on a value that nothing explains: what it may be all the same, and what was asked for. */
#include <stdio.h>
#include <string.h>

#include "explain/drawn.h"
#include "explain/said.h"
#include "explain/slip.h"
#include "explain/words.h"
#include "judge/rules_private.h"

/* The two digits of a DSCP changed places. */
static bool say_turned(const struct suspect *s, struct diagnosis *d)
{
    enum { TEN = 10 };

    if (!s->one || s->field->kind != FIELD_DSCP || s->expected < TEN ||
        s->expected % TEN == s->expected / TEN || s->got != s->expected % TEN * TEN + s->expected / TEN)
        return false;
    suspect_say(d, "its two digits changed places: %llu, and %llu is asked for", (unsigned long long)s->got,
                (unsigned long long)s->expected);
    suspect_mend(d, "tos = %llu << 2", (unsigned long long)s->expected);
    return true;
}

/* A slip of a finger among the digits, as it was typed. */
static bool say_slip(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE], want[FIELD_TEXT_SIZE];

    if (!s->one || s->field->kind == FIELD_ADDRESS || suspect_is_flags(s))
        return false;
    /* a number that is told in hex was typed so, perhaps */
    const char *const in_hex = s->field->kind == FIELD_HEX ? slip_digits(s->got, s->expected, true) : NULL;
    if (in_hex) {
        suspect_say(d, "%s, of the hex ones: %s, and %s is asked for", in_hex,
                    field_text(s->field, s->got, got), field_text(s->field, s->expected, want));
        suspect_mend(d, "0x%llx, digit for digit", (unsigned long long)s->expected);
        return true;
    }
    const char *const how = slip_digits(s->got, s->expected, false);
    if (!how)
        return false;
    suspect_say(d, "%s: %llu, and %llu is asked for", how, (unsigned long long)s->got,
                (unsigned long long)s->expected);
    suspect_mend(d, "%llu, digit for digit", (unsigned long long)s->expected);
    return true;
}

/* EF, the name of a DSCP, as hex digits: the whole byte is 0xef. */
static bool say_expedited(const struct suspect *s, struct diagnosis *d)
{
    enum { EF = 46, AS_HEX = 0xEF };
    uint64_t unit;
    unsigned below;

    if (!s->one || strcmp(s->field->name, "ip.dsfield.dscp") != 0 || s->expected != EF ||
        !suspect_unit(s, 8, &unit, &below) || (unit != AS_HEX && s->got != (AS_HEX & 0x3F)))
        return false;
    suspect_say(d, "EF is a name (RFC 3246) and no hex number: its value is 46");
    suspect_mend(d, "46 << 2, which is 0xb8");
    return true;
}

/* The number in a name as AF41, which is no value, or its two digits without the second one's shift. */
static bool say_class(const struct suspect *s, struct diagnosis *d)
{
    const unsigned class = suspect_class(s);
    char got[FIELD_TEXT_SIZE], named[8];

    /* and the value of a name whose number is asked for */
    snprintf(named, sizeof(named), "(AF%u)", (unsigned)(s->expected % 100));
    if (s->one && s->field->kind == FIELD_DSCP && strstr(field_text(s->field, s->got, got), named)) {
        suspect_say(d, "%s is another number than %llu, which is in its name alone", got,
                    (unsigned long long)s->expected);
        suspect_mend(d, "tos = %llu << 2", (unsigned long long)s->expected);
        return true;
    }
    if (!class || (s->got != class && s->got != class / 10 * 8 + class % 10))
        return false;
    suspect_say(d,
                s->got == class ? "%llu is the number in the name AF%u, whose value is %llu"
                                : "%llu is AF%u, whose value is %llu, with its drop precedence not shifted",
                (unsigned long long)s->got, class, (unsigned long long)s->expected);
    suspect_mend(d, "%llu, which is 8 * %u + 2 * %u", (unsigned long long)s->expected, class / 10,
                 class % 10);
    return true;
}

/* The number in a name as CS6, as the DSCP or as the whole byte: its value is eight times that. */
static bool say_selector(const struct suspect *s, struct diagnosis *d)
{
    enum { UNIT = 8 };
    const uint64_t class = s->expected / UNIT;
    uint64_t byte;
    unsigned below;

    if (!s->one || s->field->kind != FIELD_DSCP || !class || s->expected % UNIT ||
        !suspect_unit(s, UNIT, &byte, &below) || (s->got != class && byte != class))
        return false;
    suspect_say(d, "%llu is the number in the name CS%llu, whose value is %llu", (unsigned long long)class,
                (unsigned long long)class, (unsigned long long)s->expected);
    suspect_mend(d, "tos = %llu << 2", (unsigned long long)s->expected);
    return true;
}

/* The digits of the DSCP as hex are more than its six bits hold: what is left of them. */
static bool say_cut_hex(const struct suspect *s, struct diagnosis *d)
{
    enum { DECIMAL = 10, HEX = 16 };
    const uint64_t hex = s->expected / DECIMAL * HEX + s->expected % DECIMAL;

    if (!s->one || s->field->kind != FIELD_DSCP || s->expected < DECIMAL || hex <= field_max(s->field) ||
        (hex & field_max(s->field)) != s->got)
        return false;
    suspect_say(d, "%llu is what six bits hold of 0x%llx: %llu is meant, without 0x",
                (unsigned long long)s->got, (unsigned long long)hex, (unsigned long long)s->expected);
    suspect_mend(d, "tos = %llu << 2", (unsigned long long)s->expected);
    return true;
}

/* Where the one number that is right is a student's own, who may have thought that any is, it is told. */
static void say_own_number(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE], want[FIELD_TEXT_SIZE];
    struct diagnosis cut = *d;

    if (why_format_truncated(s, &cut) == FIT_LAST)
        suspect_say(d, "%s; or it is another number", cut.text);
    else if (s->one && s->kind == MATCH_PARAM && s->clause->per_student)
        suspect_say(d, "%s is not your number here: that is %s; %s", field_text(s->field, s->got, got),
                    field_text(s->field, s->expected, want),
                    suspect_is_of_tutorial(s)              ? "tutorials have it as an example"
                    : strcmp(s->field->name, "ip.id") == 0 ? "no usual mistake gives it, unless 0 was packed"
                                                           : "no usual mistake gives it");
    else if (s->one && s->kind == MATCH_PARAM && suspect_is_of_tutorial(s))
        suspect_say(d, "%s is what tutorials have as an example: here it is %s",
                    field_text(s->field, s->got, got), field_text(s->field, s->expected, want));
    else
        suspect_say(d, "%s is not what was asked for, and none of the usual mistakes gives it",
                    field_text(s->field, s->got, got));
}

static void mend_number(const struct suspect *s, struct diagnosis *d)
{
    if (s->one && strcmp(s->field->name, "ip.id") == 0)
        suspect_mend(d, "pack %llu as value 4 of '!BBHHHBBH4s4s'   # the kernel replaces 0",
                     (unsigned long long)s->expected);
    else if (suspect_is_bound(s) && s->field->kind == FIELD_PORT)
        suspect_mend(d, "send it through the socket that sent the first, from port %llu",
                     (unsigned long long)s->expected);
    else
        suspect_mend(d, "print the value of %s before you pack it, and compare", s->field->name);
}

/* Something where nothing must be. */
static bool say_nothing(const struct suspect *s, struct diagnosis *d)
{
    char got[WORDS_SIZE];
    const char *student = s->verdict->student;
    const bool socket = s->rules->named == NULL && s->field->layer == LAYER_PAYLOAD;

    if (s->kind != MATCH_LENGTH || s->clause->b || !s->bytes || !s->length)
        return false;
    if (s->length == 1 && *s->bytes == '\n')
        suspect_say(d, "a newline came, and nothing may stand there");
    else if (s->length == 1 && !*s->bytes)
        suspect_say(d, "a NUL byte came, and nothing may stand there");
    else if (*student && s->length >= strlen(student) && memcmp(s->bytes, student, strlen(student)) == 0)
        suspect_say(d, "your handle came, and nothing may stand there: step 1 alone has it");
    else
        suspect_say(d, "%s came, and nothing may stand there", words_shown(s->bytes, s->length, got));
    suspect_mend(d,
                 socket ? "send the headers alone, or s.sendto(b'', (target, port))" : "send nothing there");
    return true;
}

/* Checksums have a last word of their own. */
enum fit why_value_wrong(const struct suspect *s, struct diagnosis *d)
{
    if (s->field->kind == FIELD_CHECKSUM_STATUS || s->finding->fault == FAULT_IP_CHECKSUM)
        return FIT_NONE;
    struct diagnosis unused = *d;
    if ((s->got && why_header_bundled_chunk(s, &unused) == FIT_NONE && why_named_says(s, d)) ||
        why_named_says_extension(s, d))
        return FIT_STRONG; /* what it is says more than how its number could have come about */
    if (say_nothing(s, d))
        return FIT_LAST;
    if (why_typed_says(s, d))
        return FIT_STRONG;
    drawn_say_wrong(s, d);
    if (!why_program_says(s, d))
        why_decoded_says(s, d);
    if (why_dotted_says(s, d) || why_options_says(s, d))
        return FIT_LAST;
    if (s->number && !why_added_says(s, d) && !say_class(s, d) && !say_selector(s, d) && !say_cut_hex(s, d) &&
        !say_expedited(s, d) && !say_turned(s, d) && !say_slip(s, d)) {
        say_own_number(s, d);
        if (s->clause && s->clause->plus)
            suspect_mend(d, "it must be told + %llu: print it before it is bound or packed, and compare",
                         (unsigned long long)s->clause->plus);
        else
            mend_number(s, d);
    }
    return FIT_LAST;
}
