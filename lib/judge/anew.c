#include "judge/anew.h"

#include <string.h>

#include "base/str.h"
#include "judge/identify.h"
#include "judge/judge.h"
#include "judge/near.h"
#include "judge/rules_private.h"

/* A value of the try stands where the due step asks for it, or its text says whose it is. */
static bool is_due(const struct rules *due, const struct packet *packet, const char *student)
{
    struct verdict v;

    judge_packet_for(due, packet, student, &v);
    for (size_t i = 0; i < v.n; i++) {
        const struct clause *c = v.findings[i].clause;
        if (c && ((c->unfilled && v.findings[i].status == FINDING_PASS) ||
                  (c->field->kind == FIELD_BYTES && c->after)))
            return true;
    }
    return false;
}

/* Something that this try told, or bound. */
static bool has_value(const struct talk *talk, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < STEP_NAMES_MAX; i++)
        if (talk->values[i].length && memmem(bytes, length, talk->values[i].text, talk->values[i].length))
            return true;
    return false;
}

/* HANDLE, <handle>, {name}: not any {word}, which may stand for what was told. */
static bool stands_for_handle(const struct rules *first, const uint8_t *bytes, size_t length)
{
    enum { LOOKED = 64 };
    static const char *const words[] = {"handle", "name", "student"};
    char text[LOOKED];

    if (length >= sizeof(text) || !near_has_placeholder(first, bytes, length))
        return false;
    memcpy(text, bytes, length);
    text[length] = '\0';
    ascii_lower(text);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

bool anew_says(struct filled *filled, const struct rules *rules, const struct talk *talk,
               const struct packet *packet, ipaddr source)
{
    const struct rules *first = rules_of_step(rules, rules->step + 1),
                       *due = filled_make(filled, rules, talk);
    char student[NAME_MAX_LEN + 1];
    const uint8_t *bytes;
    size_t length;

    if (!due || !first || !first->named || !talk->student[0] || is_due(due, packet, talk->student) ||
        packet_bytes(packet, first->named->field, &bytes, &length) != FIELD_OK || !length ||
        has_value(talk, bytes, length))
        return false;
    if (stands_for_handle(first, bytes, length))
        return true;
    return identify_student(first, packet, source, true, student) && strcmp(student, talk->student) == 0;
}
