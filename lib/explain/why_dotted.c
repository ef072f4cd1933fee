/* An IPv4 address that is another than the one asked for: a slip in its digits, or a known one. */
#include <stdio.h>
#include <string.h>

#include "explain/said.h"
#include "explain/suspect.h"
#include "judge/edits.h"
#include "judge/rules_private.h"

/* Of four parts one alone is another: which one, from 0; -1 for none. */
static int other_part(uint64_t got, uint64_t want)
{
    int part = -1;

    for (int i = 0; i < 4; i++)
        if ((got >> 8 * (3 - i) & 0xFF) != (want >> 8 * (3 - i) & 0xFF)) {
            if (part >= 0)
                return -1;
            part = i;
        }
    return part;
}

static const char *slip(const char *got, const char *want)
{
    static const char *const how[] = {[EDIT_EXCHANGED] = "two digits changed places",
                                      [EDIT_MISSING] = "a digit is missing",
                                      [EDIT_EXTRA] = "a digit is too many",
                                      [EDIT_ANOTHER] = "a digit is another",
                                      [EDIT_SEVERAL] = NULL};
    struct edit edit;

    return edits_find((const uint8_t *)got, strlen(got), (const uint8_t *)want, strlen(want), false, &edit)
               ? how[edit.kind]
               : NULL;
}

bool why_dotted_says(const struct suspect *s, struct diagnosis *d)
{
    static const char *const parts[] = {"first", "second", "third", "last"};
    char got[IPADDR_TEXT_SIZE], want[IPADDR_TEXT_SIZE];

    if (!s->one || s->field->kind != FIELD_ADDRESS)
        return false;
    ipaddr_text(s->got, got);
    ipaddr_text(s->expected, want);
    const char *how = slip(got, want);
    const int part = other_part(s->got, s->expected);
    if (how)
        suspect_say(d, "%s: %s, and %s is asked for", how, got, want);
    else if (part >= 0)
        suspect_say(d, "its %s part is %u: %s, and %s is asked for", parts[part],
                    (unsigned)(s->got >> 8 * (3 - part) & 0xFF), got, want);
    else if (ipaddr_is_loopback(s->got))
        suspect_say(d, "%s is the loopback's address, and %s is asked for", got, want);
    else if (class_has_student(s->rules->class, s->got))
        suspect_say(
            d,
            "%s is a student's address, perhaps your own: the kernel puts it in the place of 0.0.0.0; "
            "%s is asked for",
            got, want);
    else
        suspect_say(d, "%s is not what was asked for, which is %s", got, want);
    suspect_mend(d, "socket.inet_aton('%s') as value %d of '!BBHHHBBH4s4s'", want,
                 strcmp(s->field->name, "ip.dst") == 0 ? 10 : 9);
    if (s->field->layer != LAYER_IP)
        suspect_mend(d, "socket.inet_aton('%s')", want);
    return true;
}
