#include "unit.h"

#include "chance.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "flag/flag.h"
#include "flag/keyring.h"
#include "flag/param.h"
#include "flag/pin.h"

static char dir[] = "/tmp/wiregrade-unit-XXXXXX";

static char *path_of(const char *name)
{
    if (strstr(dir, "XXXXXX"))
        CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    return path_join(dir, name);
}

static void done(char *path)
{
    unlink(path);
    free(path);
    rmdir(dir);
}

static void a_key_file_is_private_and_gives_the_same_keys_again(void)
{
    char *path = path_of("course.key");
    struct keyring *a = NULL, *b = NULL;
    struct key ka, kb;
    struct stat st;

    CU_ASSERT_EQUAL_FATAL(keyring_create(path, NULL), ST_OK);
    CU_ASSERT_EQUAL(keyring_create(path, NULL), ST_INPUT);
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL_FATAL(keyring_load(&a, path, NULL), ST_OK);
    CU_ASSERT_EQUAL_FATAL(keyring_load(&b, path, NULL), ST_OK);
    CU_ASSERT_TRUE(keyring_challenge(a, "raw-tcp", &ka) && keyring_challenge(b, "raw-tcp", &kb));
    CU_ASSERT_EQUAL(memcmp(&ka, &kb, sizeof(ka)), 0);
    CU_ASSERT_TRUE(keyring_challenge(a, "raw-ipv4", &kb));
    CU_ASSERT_NOT_EQUAL(memcmp(&ka, &kb, sizeof(ka)), 0);
    CU_ASSERT_STRING_EQUAL(keyring_id(a), keyring_id(b));
    CU_ASSERT_EQUAL(strlen(keyring_id(a)), 6);
    keyring_free(a);
    keyring_free(b);
    done(path);
}

static void a_key_that_others_may_read_is_refused(void)
{
    char *path = path_of("wide.key");
    struct keyring *ring = NULL;
    struct err err;

    CU_ASSERT_EQUAL_FATAL(keyring_create(path, NULL), ST_OK);
    chmod(path, 0640);
    CU_ASSERT_EQUAL(keyring_load(&ring, path, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "chmod 600"));
    CU_ASSERT_PTR_NULL(ring);
    done(path);
}

static void an_export_holds_only_what_was_asked_for(void)
{
    static const char *const slugs[] = {"raw-tcp"};
    char *path = path_of("export.key");
    struct keyring *ring = NULL, *loaded = NULL;
    struct key a, b;
    struct buf text;

    buf_init(&text, 4096);
    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    CU_ASSERT_EQUAL(keyring_export(ring, NULL, slugs, 1, &text, NULL), ST_OK);
    CU_ASSERT_EQUAL(file_create_secret(path, text.data, text.len, NULL), ST_OK);
    CU_ASSERT_EQUAL_FATAL(keyring_load(&loaded, path, NULL), ST_OK);
    CU_ASSERT_TRUE(keyring_challenge(ring, "raw-tcp", &a) && keyring_challenge(loaded, "raw-tcp", &b));
    CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof(a)), 0);
    CU_ASSERT_FALSE(keyring_challenge(loaded, "raw-ipv4", &b));
    CU_ASSERT_STRING_EQUAL(keyring_id(ring), keyring_id(loaded));
    CU_ASSERT_EQUAL(keyring_narrow(ring, slugs, 1, NULL), ST_OK);
    CU_ASSERT_FALSE(keyring_challenge(ring, "raw-ipv4", &b));
    CU_ASSERT_TRUE(keyring_challenge(ring, "raw-tcp", &b));
    CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof(a)), 0);
    keyring_free(ring);
    keyring_free(loaded);
    buf_free(&text);
    done(path);
}

/* A row of these programs that fails by what it drew fails in each run: keys, too, follow from the name. */
static void what_a_test_draws_is_the_same_in_each_run(void)
{
    struct keyring *ring[3] = {NULL};
    struct key k[3];

    /* the first is drawn from elsewhere: the library begins by drawing for itself */
    for (int i = -1; i < 3; i++) {
        const int at = i < 0 ? 0 : i;
        chance_begin(i < 2 ? "a name" : "another");
        CU_ASSERT_EQUAL_FATAL(keyring_random(&ring[at], NULL), ST_OK);
        CU_ASSERT_TRUE(keyring_challenge(ring[at], "raw-tcp", &k[at]));
        keyring_free(ring[at]);
    }
    CU_ASSERT_EQUAL(memcmp(&k[0].secret, &k[1].secret, sizeof(k[0].secret)), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(&k[0].secret, &k[2].secret, sizeof(k[0].secret)), 0);
}

/* One line of each file must make the other's values of its student, and nobody else's. */
static void a_students_export_makes_his_flags_and_values_and_nobody_elses(void)
{
    static const struct flag_context context = {"flag", "course", "class"};
    static const char *const slugs[] = {"raw-tcp", PIN_KEY};
    const struct param_rule rule = {.lo = 1, .hi = 65535, .bits = 16};
    char *path = path_of("student.key"), whole[FLAG_SIZE], alone[FLAG_SIZE], pin[2][PIN_SIZE];
    struct keyring *ring = NULL, *loaded = NULL;
    struct flag_parts parts;
    uint64_t of_whole, of_alone;
    struct key a, b;
    struct buf text;

    buf_init(&text, 4096);
    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    CU_ASSERT_EQUAL(keyring_export(ring, "smith", slugs, 2, &text, NULL), ST_OK);
    CU_ASSERT_EQUAL(file_create_secret(path, text.data, text.len, NULL), ST_OK);
    CU_ASSERT_EQUAL_FATAL(keyring_load_student(&loaded, path, "smith", NULL), ST_OK);
    CU_ASSERT_STRING_EQUAL(keyring_student(loaded), "smith");
    CU_ASSERT_PTR_NULL(keyring_student(ring));
    CU_ASSERT_EQUAL(keyring_narrow(loaded, slugs, 2, NULL), ST_OK);
    CU_ASSERT_TRUE(keyring_challenge(ring, "raw-tcp", &a) && keyring_challenge(loaded, "raw-tcp", &b));
    CU_ASSERT_NOT_EQUAL(memcmp(&a.secret, &b.secret, sizeof(a.secret)), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(&a.secret, &b.of_class, sizeof(a.secret)), 0);
    CU_ASSERT_TRUE(flag_make(whole, &context, &a, "raw-tcp", "smith"));
    CU_ASSERT_TRUE(flag_make(alone, &context, &b, "raw-tcp", "smith"));
    CU_ASSERT_STRING_EQUAL(whole, alone);
    CU_ASSERT_EQUAL(flag_check(&context, loaded, whole, strlen(whole), &parts), FLAG_RIGHT);
    CU_ASSERT_TRUE(flag_make(whole, &context, &a, "raw-tcp", "jones"));
    CU_ASSERT_FALSE(flag_make(alone, &context, &b, "raw-tcp", "jones"));
    CU_ASSERT_STRING_EQUAL(alone, "");
    CU_ASSERT_EQUAL(flag_check(&context, loaded, whole, strlen(whole), &parts), FLAG_WRONG);
    for (int i = 0; i < 2; i++) {
        const char *student = i ? "" : "smith";
        CU_ASSERT_TRUE(param_make(&a, "class", "raw-tcp", "tcp.window", student, &rule, &of_whole));
        CU_ASSERT_TRUE(param_make(&b, "class", "raw-tcp", "tcp.window", student, &rule, &of_alone));
        CU_ASSERT_EQUAL(of_whole, of_alone);
    }
    CU_ASSERT_FALSE(param_make(&b, "class", "raw-tcp", "tcp.window", "jones", &rule, &of_alone));
    CU_ASSERT_TRUE(pin_make(pin[0], &context, ring, "smith") && pin_make(pin[1], &context, loaded, "smith"));
    CU_ASSERT_STRING_EQUAL(pin[0], pin[1]);
    CU_ASSERT_FALSE(pin_make(pin[1], &context, loaded, "jones"));
    keyring_free(ring);
    keyring_free(loaded);
    buf_free(&text);
    done(path);
}

static void whose_keys_a_file_holds_is_asked_for(void)
{
    static const char *const slugs[] = {"raw-tcp"};
    char *one = path_of("one.key"), *all = path_of("all.key");
    struct keyring *ring = NULL, *loaded = NULL;
    struct buf text;
    struct err err;

    buf_init(&text, 4096);
    CU_ASSERT_EQUAL_FATAL(keyring_create(all, NULL), ST_OK);
    CU_ASSERT_EQUAL_FATAL(keyring_load(&ring, all, NULL), ST_OK);
    CU_ASSERT_EQUAL(keyring_export(ring, "smith", slugs, 1, &text, NULL), ST_OK);
    CU_ASSERT_EQUAL(file_create_secret(one, text.data, text.len, NULL), ST_OK);
    CU_ASSERT_EQUAL(keyring_load_student(&loaded, all, "smith", &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "everybody's keys"));
    CU_ASSERT_EQUAL(keyring_load_student(&loaded, one, "jones", &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "of smith alone, not of jones"));
    CU_ASSERT_EQUAL(keyring_load(&loaded, one, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "of smith alone"));
    CU_ASSERT_PTR_NULL(loaded);
    CU_ASSERT_EQUAL_FATAL(keyring_load_student(&loaded, one, "smith", NULL), ST_OK);
    buf_clear(&text);
    CU_ASSERT_EQUAL(keyring_export(loaded, "smith", slugs, 1, &text, NULL), ST_OK);
    CU_ASSERT_EQUAL(keyring_export(loaded, "jones", slugs, 1, &text, &err), ST_INPUT);
    CU_ASSERT_EQUAL(keyring_export(loaded, NULL, slugs, 1, &text, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "of smith alone"));
    keyring_free(ring);
    keyring_free(loaded);
    buf_free(&text);
    unlink(one);
    free(one);
    done(all);
}

static void broken_key_files_are_refused_with_their_line(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "holds no key"},
        {"hello\n", ":1: not a Wiregrade key file"},
        {"wiregrade-key 1\ncourse abc\n", ":2: the course key is not 64 hex digits"},
        {"wiregrade-key 1\nid abcdef\nchallenge raw-tcp zz\n", ":3: not a slug"},
        {"wiregrade-key 1\nid abcdef\nstudent s mith\n", ":3: no handle"},
        {"wiregrade-key 1\nid abcdef\nstudent smith\nchallenge raw-tcp 00 00\n", ":4: not a slug and twice"},
        {"wiregrade-key 1\nchallenge\n", ":2: neither"},
        {"wiregrade-key 1\n", "holds no key"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = path_of("broken.key");
        struct keyring *ring = NULL;
        struct err err = {0};
        CU_ASSERT_EQUAL(file_create_secret(path, rows[i].text, strlen(rows[i].text), NULL), ST_OK);
        CU_ASSERT_EQUAL(keyring_load(&ring, path, &err), ST_INPUT);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, rows[i].want));
        unlink(path);
        free(path);
    }
    rmdir(dir);
}

static const struct unit_case cases[] = {
    {"what_a_test_draws_is_the_same_in_each_run", what_a_test_draws_is_the_same_in_each_run},
    {"a_key_file_is_private_and_gives_the_same_keys_again",
     a_key_file_is_private_and_gives_the_same_keys_again},
    {"a_key_that_others_may_read_is_refused", a_key_that_others_may_read_is_refused},
    {"an_export_holds_only_what_was_asked_for", an_export_holds_only_what_was_asked_for},
    {"a_students_export_makes_his_flags_and_values_and_nobody_elses",
     a_students_export_makes_his_flags_and_values_and_nobody_elses},
    {"whose_keys_a_file_holds_is_asked_for", whose_keys_a_file_holds_is_asked_for},
    {"broken_key_files_are_refused_with_their_line", broken_key_files_are_refused_with_their_line},
};
extern const struct unit_group keyring_cases;
UNIT_GROUP(keyring_cases, cases);
