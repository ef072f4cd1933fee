/* Whom the names of exported files and folders say. */
#include "grader/captures/whose.h"

#include <string.h>

#include "unit.h"

static struct student students[] = {
    {.handle = "asmith", .name = "Ann Smith", .email = "ann@example.org", .external_id = "770001"},
    {.handle = "bob", .name = "Bob Jones", .email = "", .external_id = ""},
    {.handle = "bob-2", .name = "Bob Jones", .email = "b2@example.org", .external_id = "770003"},
    {.handle = "zola", .name = "Émile de la Zola", .email = "", .external_id = ""},
};
static const struct roster roster = {.students = students, .n = sizeof(students) / sizeof(students[0])};

static void names_are_read_as_platforms_write_them(void)
{
    static const struct {
        const char *path, *handle; /* NULL: nobody, or n of them */
        size_t n;
    } rows[] = {
        {"asmith.pcap", "asmith", 1},
        {"ASMITH.pcapng", "asmith", 1},
        {"asmith/x.pcap", "asmith", 1},
        {"raw-tcp asmith 2.pcap", "asmith", 1},
        {"Ann Smith_123_assignsubmission_file_/bob.pcap", "asmith", 1},
        {"Smith, Ann_123_x.pcap", "asmith", 1},
        {"smithann_LATE_12_34_trace.pcap", "asmith", 1},
        {"ann@example.org/trace.pcap", "asmith", 1},
        {"770001/trace.pcap", "asmith", 1},
        {"week 3/770003.pcap", "bob-2", 1},
        {"Bob Jones_1_assignsubmission_file_/x.pcap", NULL, 2},
        {"Émile de la Zola_7_assignsubmission_file_/x.pcap", "zola", 1},
        {"asmithy.pcap", NULL, 0},
        {"smithannette_1_2_x.pcap", NULL, 0},
        {"asmith zola.pcap", NULL, 2},
        {"trace.pcap", NULL, 0},
        {"", NULL, 0},
    };
    size_t n;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct student *s = whose_path(&roster, rows[i].path, &n);
        CU_ASSERT_EQUAL(n, rows[i].n);
        CU_ASSERT_EQUAL(s != NULL, rows[i].handle != NULL);
        if (s && rows[i].handle)
            CU_ASSERT_STRING_EQUAL(s->handle, rows[i].handle);
        if (n != rows[i].n)
            printf("%s: %zu\n", rows[i].path, n);
    }
}

static const struct unit_case cases[] = {
    {"names_are_read_as_platforms_write_them", names_are_read_as_platforms_write_them},
};
extern const struct unit_group whose_cases;
UNIT_GROUP(whose_cases, cases);
