#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "targets/state/memory.h"

static void remember(struct memory *memory, ipaddr source, const char *student, uint32_t right, int64_t now)
{
    struct memory_entry entry = {.source = source, .right = right, .judged = 9};

    memcpy(entry.slug, "raw", 4);
    memcpy(entry.student, student, strlen(student) + 1);
    memory_attempt(memory, &entry, now);
}

struct sum {
    size_t entries;
    uint32_t packets, first_right;
};

static void add(void *context, const struct memory_entry *entry)
{
    struct sum *sum = context;

    if (sum->entries++ == 0)
        sum->first_right = entry->right;
    sum->packets += entry->count;
}

static struct sum of(const struct memory *memory, ipaddr source, int64_t now)
{
    struct sum sum = {0};

    memory_each(memory, source, now, add, &sum);
    return sum;
}

static void equal_attempts_are_counted_and_the_oldest_goes(void)
{
    struct memory *memory = memory_new();

    for (int i = 0; i < 5; i++)
        remember(memory, 7, "smith", 1, 1);
    CU_ASSERT_EQUAL(of(memory, 7, 1).entries, 1);
    CU_ASSERT_EQUAL(of(memory, 7, 1).packets, 5);
    for (uint32_t i = 0; i < 30; i++)
        remember(memory, 7, "smith", 100 + i, 2);
    CU_ASSERT_EQUAL(of(memory, 7, 2).entries, MEMORY_ENTRIES);
    CU_ASSERT_EQUAL(of(memory, 7, 2).first_right, 129);
    CU_ASSERT_EQUAL(of(memory, 8, 2).entries, 0);
    CU_ASSERT_EQUAL(memory_lost(memory, 7, 2), 31 - MEMORY_ENTRIES);
    CU_ASSERT_EQUAL(memory_lost(memory, 7, 2 + MEMORY_MS), 31 - MEMORY_ENTRIES);
    CU_ASSERT_EQUAL(memory_lost(memory, 7, 3 + MEMORY_MS), 0);
    CU_ASSERT_EQUAL(memory_lost(memory, 8, 2), 0);
    memory_free(memory);
}

static void count_of(void *context, const struct memory_entry *entry)
{
    *(int *)context += strcmp(entry->slug, "port") == 0;
}

static void many_of_another_challenge_leave_the_newest_of_each(void)
{
    struct memory *memory = memory_new();
    struct memory_entry tried = {.source = 7, .right = 1, .judged = 3, .slug = "port", .student = "smith"};
    int n = 0;

    memory_attempt(memory, &tried, 1);
    tried.right = 2;
    memory_attempt(memory, &tried, 2);
    for (uint32_t i = 0; i < 300; i++)
        remember(memory, 7, "smith", 100 + i, 3);
    memory_each(memory, 7, 4, count_of, &n);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(of(memory, 7, 4).entries, MEMORY_ENTRIES);
    CU_ASSERT_EQUAL(of(memory, 7, 4).first_right, 399);
    CU_ASSERT_EQUAL(memory_lost(memory, 7, 4), 302 - MEMORY_ENTRIES);
    /* its time is over as any other's */
    remember(memory, 7, "smith", 1, 3 + MEMORY_MS);
    n = 0;
    memory_each(memory, 7, 3 + MEMORY_MS, count_of, &n);
    CU_ASSERT_EQUAL(n, 0);
    memory_free(memory);
}

static void fifteen_minutes_are_remembered(void)
{
    struct memory *memory = memory_new();

    remember(memory, 7, "smith", 1, 0);
    CU_ASSERT_EQUAL(of(memory, 7, MEMORY_MS).entries, 1);
    CU_ASSERT_EQUAL(of(memory, 7, MEMORY_MS + 1).entries, 0);
    remember(memory, 7, "smith", 1, MEMORY_MS + 1);
    CU_ASSERT_EQUAL(of(memory, 7, MEMORY_MS + 1).packets, 1);
    memory_free(memory);
}

static void a_flood_of_sources_pushes_out_nobody_who_was_here(void)
{
    struct memory *memory = memory_new();
    size_t quiet = 0;

    memory_trust(memory, 7, 0);
    remember(memory, 7, "smith", 1, 0);
    for (uint32_t i = 0; i < 100; i++)
        remember(memory, 1000 + i, "quiet", 1, 1);
    for (uint32_t i = 0; i < 100000; i++)
        remember(memory, 1000000 + i, "flood", 1, 10 + i / 10); /* 10,000 a second, for ten seconds */
    CU_ASSERT_EQUAL(of(memory, 7, 10010).entries, 1);
    for (uint32_t i = 0; i < 100; i++)
        quiet += of(memory, 1000 + i, 10010).entries;
    /* two a second */
    CU_ASSERT(quiet >= 79 && quiet < 100);
    memory_free(memory);
}

static void a_handle_is_found_at_other_sources(void)
{
    struct memory *memory = memory_new();
    struct sum sum = {0};

    remember(memory, 7, "smith", 1, 0);
    remember(memory, 8, "smith", 2, 0);
    remember(memory, 8, "jones", 3, 0);
    memory_each_of(memory, "smith", 7, 1, add, &sum);
    CU_ASSERT_EQUAL(sum.entries, 1);
    CU_ASSERT_EQUAL(sum.first_right, 2);
    memory_free(memory);
}

static void who_was_trusted_stays_so_for_fifteen_minutes(void)
{
    struct memory *memory = memory_new();

    CU_ASSERT_FALSE(memory_trusts(memory, 7, 0));
    remember(memory, 8, "smith", 1, 0);
    CU_ASSERT_FALSE(memory_trusts(memory, 8, 0));
    memory_trust(memory, 7, 1000);
    /* packets can be spoofed: they prolong nothing */
    remember(memory, 7, "smith", 1, 1000 + MEMORY_MS);
    CU_ASSERT_TRUE(memory_trusts(memory, 7, 1000 + MEMORY_MS));
    CU_ASSERT_FALSE(memory_trusts(memory, 7, 1001 + MEMORY_MS));
    memory_free(memory);
}

static void who_proved_himself_last_is_known_for_four_hours(void)
{
    struct memory *memory = memory_new();

    CU_ASSERT_STRING_EQUAL(memory_proved(memory, 7, 0), "");
    remember(memory, 7, "jones", 1, 0); /* a claim is none */
    CU_ASSERT_STRING_EQUAL(memory_proved(memory, 7, 0), "");
    memory_prove(memory, 7, "smith", 1000);
    memory_prove(memory, 8, "brown", 1000);
    CU_ASSERT_STRING_EQUAL(memory_proved(memory, 7, 1000 + MEMORY_PROVED_MS), "smith");
    CU_ASSERT_STRING_EQUAL(memory_proved(memory, 7, 1001 + MEMORY_PROVED_MS), "");
    memory_free(memory);
}

static void another_reason_is_another_entry(void)
{
    struct memory *memory = memory_new();
    const struct code *codes[] = {code_find("BYTE_SWAPPED"), code_find("BYTE_SWAPPED"),
                                  code_find("OFF_BY_ONE"), NULL, code_find("BYTE_SWAPPED")};

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct memory_entry entry = {.source = 7, .right = 8, .judged = 9, .slug = "raw", .code = codes[i]};
        memory_attempt(memory, &entry, 0);
    }
    /* where no time was for a reason, it is counted with the last one */
    CU_ASSERT_EQUAL(of(memory, 7, 0).entries, 2);
    CU_ASSERT_EQUAL(of(memory, 7, 0).packets, 5);
    struct memory_entry stranger = {.source = 7, .right = 8, .judged = 9, .slug = "raw", .stranger = true};
    memory_attempt(memory, &stranger, 0);
    CU_ASSERT_EQUAL(of(memory, 7, 0).entries, 3);
    memory_free(memory);
}

static void count_unsent(void *context, const struct memory_entry *entry)
{
    *(int *)context += entry->unsent;
}

static void an_answer_that_left_after_all_is_not_unsent(void)
{
    struct memory *memory = memory_new();
    struct memory_entry entry = {.source = 7, .pass = true, .unsent = true, .slug = "udp", .student = "bob"};
    int unsent = 0;

    memory_attempt(memory, &entry, 0);
    memory_sent(memory, 7, "udp", "amy");
    memory_sent(memory, 7, "chaos", "bob");
    memory_each(memory, 7, 0, count_unsent, &unsent);
    CU_ASSERT_EQUAL(unsent, 1);
    memory_sent(memory, 7, "udp", "bob");
    memory_each(memory, 7, 0, count_unsent, &unsent);
    CU_ASSERT_EQUAL(unsent, 1);
    memory_free(memory);
}

static void keep_what(void *context, const struct memory_entry *entry)
{
    str_copy(context, sizeof(entry->what), entry->what);
}

static void what_a_packet_was_is_kept_and_counted_whole(void)
{
    struct memory *memory = memory_new();
    struct memory_note note = {
        .source = 7,
        .slug = "",
        .what = "a TCP reset from your port 31337, after the reply of practice-handshake-of-a-long-name",
        .why = "your own kernel sent it",
        .mend = ""};
    char what[sizeof(((struct memory_entry *)0)->what)] = "";

    memory_note(memory, &note, 0);
    memory_note(memory, &note, 0);
    CU_ASSERT_EQUAL(of(memory, 7, 0).entries, 1);
    memory_each(memory, 7, 0, keep_what, what);
    CU_ASSERT_STRING_EQUAL(what, note.what);
    memory_free(memory);
}

static const struct unit_case CASES[] = {
    {"what_a_packet_was_is_kept_and_counted_whole", what_a_packet_was_is_kept_and_counted_whole},
    {"equal_attempts_are_counted_and_the_oldest_goes", equal_attempts_are_counted_and_the_oldest_goes},
    {"many_of_another_challenge_leave_the_newest_of_each",
     many_of_another_challenge_leave_the_newest_of_each},
    {"fifteen_minutes_are_remembered", fifteen_minutes_are_remembered},
    {"a_flood_of_sources_pushes_out_nobody_who_was_here", a_flood_of_sources_pushes_out_nobody_who_was_here},
    {"a_handle_is_found_at_other_sources", a_handle_is_found_at_other_sources},
    {"who_proved_himself_last_is_known_for_four_hours", who_proved_himself_last_is_known_for_four_hours},
    {"another_reason_is_another_entry", another_reason_is_another_entry},
    {"who_was_trusted_stays_so_for_fifteen_minutes", who_was_trusted_stays_so_for_fifteen_minutes},
    {"an_answer_that_left_after_all_is_not_unsent", an_answer_that_left_after_all_is_not_unsent},
};
UNIT_GROUP(memory_cases, CASES);
