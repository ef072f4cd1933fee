#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "flag/keyring.h"

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
    CU_ASSERT_EQUAL(keyring_export(ring, slugs, 1, &text, NULL), ST_OK);
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

static void broken_key_files_are_refused_with_their_line(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "holds no key"},
        {"hello\n", ":1: not a Wiregrade key file"},
        {"wiregrade-key 1\ncourse abc\n", ":2: the course key is not 64 hex digits"},
        {"wiregrade-key 1\nid abcdef\nchallenge raw-tcp zz\n", ":3: not a slug"},
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
    {"a_key_file_is_private_and_gives_the_same_keys_again",
     a_key_file_is_private_and_gives_the_same_keys_again},
    {"a_key_that_others_may_read_is_refused", a_key_that_others_may_read_is_refused},
    {"an_export_holds_only_what_was_asked_for", an_export_holds_only_what_was_asked_for},
    {"broken_key_files_are_refused_with_their_line", broken_key_files_are_refused_with_their_line},
};
extern const struct unit_group keyring_cases;
UNIT_GROUP(keyring_cases, cases);
