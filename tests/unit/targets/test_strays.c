#include "unit.h"

#include <string.h>

#include "targets/state/memory.h"
#include "targets/state/strays.h"

static void put(struct strays *strays, uint8_t station, ipaddr source, const char *student, int64_t now)
{
    struct stray stray = {.source = source, .station = {station}, .slug = "raw"};

    memcpy(stray.student, student, strlen(student) + 1);
    strays_add(strays, &stray, now);
}

struct sum {
    size_t kinds;
    uint32_t packets;
};

static void add(void *context, const struct stray *stray)
{
    struct sum *sum = context;

    sum->kinds++;
    sum->packets += stray->count;
}

static struct sum of(const struct strays *strays, const char *student, ipaddr address, int64_t now)
{
    struct sum sum = {0};

    strays_each(strays, student, address, now, add, &sum);
    return sum;
}

static void they_are_found_by_handle_by_source_and_by_station(void)
{
    struct strays *strays = strays_new();
    const uint8_t mine[STATION_BYTES] = {1}, router[STATION_BYTES] = {2};

    put(strays, 1, 100, "smith", 0);
    put(strays, 1, 100, "smith", 0);
    put(strays, 1, 100, "", 0);
    put(strays, 2, 100, "", 0);
    CU_ASSERT_EQUAL(of(strays, "smith", 7, 0).kinds, 1);
    CU_ASSERT_EQUAL(of(strays, "smith", 7, 0).packets, 2);
    CU_ASSERT_EQUAL(of(strays, "", 100, 0).kinds, 3);
    CU_ASSERT_EQUAL(of(strays, "", 7, 0).kinds, 0);
    strays_station(strays, mine, 7, true);
    CU_ASSERT_EQUAL(of(strays, "", 7, 0).kinds, 2);
    /* what a router forwards is nobody's */
    strays_station(strays, router, 8, true);
    CU_ASSERT_EQUAL(of(strays, "", 8, 0).kinds, 1);
    strays_station(strays, router, 9, true);
    CU_ASSERT_EQUAL(of(strays, "", 8, 0).kinds, 0);
    CU_ASSERT_EQUAL(of(strays, "", 9, 0).kinds, 0);
    CU_ASSERT_EQUAL(of(strays, "smith", 7, MEMORY_MS + 1).kinds, 0);
    strays_free(strays);
}

static void a_forged_neighbour_makes_no_router(void)
{
    struct strays *strays = strays_new();
    const uint8_t mine[STATION_BYTES] = {1};

    put(strays, 1, 100, "", 0);
    strays_station(strays, mine, 8, false); /* in a neighbour's name, before and after one's own */
    CU_ASSERT_EQUAL(of(strays, "", 7, 0).kinds, 0);
    strays_station(strays, mine, 7, false);
    strays_station(strays, mine, 7, true);
    strays_station(strays, mine, 9, false);
    CU_ASSERT_EQUAL(of(strays, "", 7, 0).kinds, 1);
    CU_ASSERT_EQUAL(of(strays, "", 8, 0).kinds, 0);
    CU_ASSERT_EQUAL(of(strays, "", 9, 0).kinds, 0);
    strays_free(strays);
}

static void another_reason_is_another_kind(void)
{
    struct strays *strays = strays_new();
    struct stray stray = {.source = 100, .station = {1}, .slug = "raw", .reason = "flags are packed as L"};

    strays_add(strays, &stray, 0);
    strays_add(strays, &stray, 1);
    memcpy(stray.reason, "sums", 5);
    strays_add(strays, &stray, 2);
    CU_ASSERT_EQUAL(of(strays, "", 100, 2).kinds, 2);
    CU_ASSERT_EQUAL(of(strays, "", 100, 2).packets, 3);
    strays_free(strays);
}

static void a_flood_pushes_out_little(void)
{
    struct strays *strays = strays_new();

    put(strays, 1, 100, "smith", 0);
    for (uint32_t i = 0; i < 10000; i++) /* from one station */
        put(strays, 9, 1000 + i, "x", 1);
    CU_ASSERT_EQUAL(of(strays, "smith", 7, 1).kinds, 1);
    for (uint32_t i = 0; i < 10000; i++) { /* from forged ones, in five seconds */
        struct stray stray = {.source = i, .station = {7, (uint8_t)i, (uint8_t)(i >> 8)}, .slug = "raw"};
        strays_add(strays, &stray, 2 + i / 2);
    }
    for (uint32_t i = 0; i < 3; i++)
        put(strays, (uint8_t)(20 + i), 100, "late", 5000 + 600 * i);
    CU_ASSERT(of(strays, "late", 7, 7000).kinds >= 2);
    /* the oldest went, two a second */
    CU_ASSERT(of(strays, "x", 7, 7000).kinds >= STRAYS_OF_A_STATION - 12);
    strays_free(strays);
}

static void looking_is_bounded(void)
{
    struct strays *strays = strays_new();
    const uint8_t one[STATION_BYTES] = {1};
    uint32_t looked = 0;

    for (int64_t i = 0; i < 10000; i++) /* ten seconds */
        looked += strays_may_look(strays, one, i);
    CU_ASSERT(looked >= 60 && looked <= 71);
    CU_ASSERT_EQUAL(strays_unseen(strays), 10000 - looked);
    for (uint32_t i = 0; i < 10000; i++) {
        const uint8_t forged[STATION_BYTES] = {2, (uint8_t)i, (uint8_t)(i >> 8)};
        looked += strays_may_look(strays, forged, 10000);
    }
    CU_ASSERT(looked <= 71 + 100);
    strays_free(strays);
}

static const struct unit_case cases[] = {
    {"they_are_found_by_handle_by_source_and_by_station", they_are_found_by_handle_by_source_and_by_station},
    {"a_forged_neighbour_makes_no_router", a_forged_neighbour_makes_no_router},
    {"another_reason_is_another_kind", another_reason_is_another_kind},
    {"a_flood_pushes_out_little", a_flood_pushes_out_little},
    {"looking_is_bounded", looking_is_bounded},
};
extern const struct unit_group stray_cases;
UNIT_GROUP(stray_cases, cases);
