#include "unit.h"

#include <string.h>

#include "flag/token.h"

static void a_token_is_right_by_its_digest_alone(void)
{
    char token[TOKEN_SIZE], other[TOKEN_SIZE], name[TOKEN_NAME_SIZE], digest[TOKEN_DIGEST_SIZE];

    CU_ASSERT_TRUE(token_make(token, "node-1.example"));
    CU_ASSERT_TRUE(token_make(other, "node-1.example"));
    CU_ASSERT_STRING_NOT_EQUAL(token, other);
    CU_ASSERT_TRUE(token_name(token, name));
    CU_ASSERT_STRING_EQUAL(name, "node-1.example");
    token_digest(token, digest);
    CU_ASSERT_PTR_NULL(strstr(digest, token));
    CU_ASSERT_TRUE(token_right(token, digest));
    CU_ASSERT_FALSE(token_right(other, digest));
    CU_ASSERT_FALSE(token_right(token, ""));
    for (size_t i = 0; i < sizeof(digest) - 1; i++) {
        digest[i] ^= 1;
        CU_ASSERT_FALSE(token_right(token, digest));
        digest[i] ^= 1;
    }
    /* the name counts, too */
    token[0] = 'm';
    CU_ASSERT_TRUE(token_name(token, name));
    CU_ASSERT_FALSE(token_right(token, digest));
}

#define SECRET "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst"
#define LONG "a23456789b123456789c123456789d123456789e123456789f123456789g123"

static void what_is_no_token_has_no_name(void)
{
    static const struct {
        const char *text, *name;
    } rows[] = {{"east:" SECRET, "east"},
                {"1:" SECRET, "1"},
                {"a.b_c-d:" SECRET, "a.b_c-d"},
                {LONG ":" SECRET, LONG},
                {LONG "4:" SECRET, NULL},
                {":" SECRET, NULL},
                {"east", NULL},
                {"", NULL},
                {"east:", NULL},
                {"east:" SECRET "a", NULL},
                {"east:bcdefghijklm", NULL},
                {"East:" SECRET, NULL},
                {"-a:" SECRET, NULL},
                {".a:" SECRET, NULL},
                {"a b:" SECRET, NULL},
                {"a/b:" SECRET, NULL},
                {"\xc3\xa4:" SECRET, NULL}};
    char name[TOKEN_NAME_SIZE];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const bool is = token_name(rows[i].text, name);
        CU_ASSERT_EQUAL(is, rows[i].name != NULL);
        if (is && rows[i].name)
            CU_ASSERT_STRING_EQUAL(name, rows[i].name);
    }
}

static const struct unit_case cases[] = {
    {"a_token_is_right_by_its_digest_alone", a_token_is_right_by_its_digest_alone},
    {"what_is_no_token_has_no_name", what_is_no_token_has_no_name},
};
UNIT_GROUP(token_cases, cases);
