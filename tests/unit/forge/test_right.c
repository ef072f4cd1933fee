/* What is right is never refused, whatever else its letters may mean: a matriculation number is also hex of
 * four letters, and a short word Base64 of another. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "forge/exchange.h"
#include "judge/judge.h"
#include "tree.h"

enum { HANDLES = 5000 / UNIT_FEWER, SHOWN = 5 };

static uint64_t next(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Of one to 32 letters, numbers alone among them, and letters that are all hex digits. */
static void make_handle(uint64_t *state, char out[NAME_MAX_LEN + 1])
{
    static const char *const alphabets[] = {"abcdefghijklmnopqrstuvwxyz", "0123456789",
                                            "abcdefghijklmnopqrstuvwxyz0123456789",
                                            "abcdefghijklmnopqrstuvwxyz0123456789-_", "0123456789abcdef"};

    do {
        const char *letters = alphabets[next(state) % (sizeof(alphabets) / sizeof(alphabets[0]))];
        size_t n = 1 + next(state) % NAME_MAX_LEN;
        for (size_t i = 0; i < n; i++)
            out[i] = letters[next(state) % strlen(letters)];
        out[n] = '\0';
    } while (!handle_valid(out));
}

static bool passes(const struct rules *rules, const char *handle)
{
    static struct exchange e;
    uint8_t storage[MESSAGE_HEADERS + EXCHANGE_MAX];
    struct packet p;
    struct verdict v;
    ipaddr src = 0x0A0A0028, dst = 0xAC10010F;

    if (rules_ip_version(rules) == 6) {
        ipaddr_parse("fd00:10:10::40", &src);
        ipaddr_parse("fd00:172:16:1::15", &dst);
    }
    const char *why = exchange_build(rules, handle, src, dst, NULL, &e);

    CU_ASSERT_PTR_NULL_FATAL(why);
    memcpy(storage + MESSAGE_HEADERS, e.bytes, e.length);
    if (e.kind == TARGET_PACKET)
        packet_decode(&p, e.link, e.bytes, e.length, e.length);
    else
        packet_of_message(&p, storage, e.length, e.kind == TARGET_STREAM, src, e.sport ? e.sport : 40000, dst,
                          e.port);
    judge_packet(rules, &p, src, &v);
    return v.pass && strcmp(v.student, handle) == 0;
}

/* The course that comes with the project, of a class without a roster. */
static void nothing_right_is_refused_without_a_roster(void)
{
    static const char *const numbers[] = {"61626364", "65666768", "7375", "6162636465666768", "11410297"};
    struct tree tree;
    uint64_t state = 0x5EED;
    char handle[NAME_MAX_LEN + 1];
    size_t refused = 0;

    tree_course(&tree, SOURCE_DIR "/challenges");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t k = 0; k < HANDLES + sizeof(numbers) / sizeof(numbers[0]); k++) {
        if (k < HANDLES)
            make_handle(&state, handle);
        else
            str_copy(handle, sizeof(handle), numbers[k - HANDLES]);
        for (size_t i = 0; i < rulebook_count(tree.book); i++) {
            const struct rules *rules = rulebook_at(tree.book, i);
            if (rules_challenge(rules)->target.identify != IDENTIFY_TEXT)
                continue; /* it names nobody */
            /* a letter alone is what a slip leaves: nobody's, without a roster and a number of his own */
            if (passes(rules, handle) || !handle[1])
                continue;
            if (refused++ < SHOWN)
                fprintf(stderr, "%s of %s is refused\n", handle, rules_slug(rules));
        }
    }
    CU_ASSERT_EQUAL(refused, 0);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"nothing_right_is_refused_without_a_roster", nothing_right_is_refused_without_a_roster},
};
extern const struct unit_group right_cases;
UNIT_GROUP(right_cases, cases);
