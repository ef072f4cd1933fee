#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "flag/flag.h"
#include "flag/typo.h"

static const struct flag_context CONTEXT = {"flag", "sockets", "26-04"};

static struct keyring *ring_of(struct key *raw_ipv4)
{
    struct keyring *ring = NULL;

    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    CU_ASSERT_TRUE(keyring_challenge(ring, "raw-ipv4", raw_ipv4));
    return ring;
}

static enum flag_verdict check(const struct keyring *ring, const char *text)
{
    struct flag_parts parts;

    return flag_check(&CONTEXT, ring, text, strlen(text), &parts);
}

static void a_flag_is_right_however_it_was_pasted(void)
{
    static const char *const around[][2] = {{"", ""}, {"  ", "\r\n"}, {"\"", "\""}, {"'", "'"}, {"`", "`"}};
    struct key key;
    struct keyring *ring = ring_of(&key);
    char flag[FLAG_SIZE], text[256];

    flag_make(flag, &CONTEXT, &key, "raw-ipv4", "smith");
    CU_ASSERT_EQUAL(strncmp(flag, "flag{raw-ipv4.smith.", 20), 0);
    CU_ASSERT_EQUAL(strlen(flag), 20 + FLAG_MAC_TEXT + 1);
    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
        snprintf(text, sizeof(text), "%s%s%s", around[i][0], flag, around[i][1]);
        CU_ASSERT_EQUAL(check(ring, text), FLAG_RIGHT);
    }
    flag[strlen(flag) - 1] = '\0'; /* no wrapper at all */
    CU_ASSERT_EQUAL(check(ring, flag + 5), FLAG_RIGHT);
    for (char *p = flag; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    CU_ASSERT_EQUAL(check(ring, flag), FLAG_RIGHT);
    keyring_free(ring);
}

/* text with each `from` as to, in out. */
static void put_for(char *out, size_t size, const char *text, char from, const char *to)
{
    size_t n = 0;

    for (const char *p = text; *p; p++)
        n += (size_t)snprintf(out + n, size - n, "%s", *p == from ? to : (const char[2]){*p, '\0'});
    CU_ASSERT_FATAL(n < size);
}

static void typography_is_taken_off_and_no_letter_mended(void)
{
    static const char *const around[][2] = {
        {"\u201C", "\u201D"},
        {"\u201E", "\u201C"},
        {"\u00AB\u202F", "\u202F\u00BB"},
        {"\u2018", "\u2019"},
        {"\uFEFF", "\u200B"},
        {"Flag: ", ""},
        {"flag:\u00A0", "."},
        {"", ","},
        {"", " ;\r\n"},
        {"\u201C", "\u201D."},
        {"\u201C", ".\u201D"},
        {"\u2003", "\u3000"},
    };
    static const char *const dashes[] = {"\u2010", "\u2011", "\u2012", "\u2013",
                                         "\u2014", "\u2212", "\uFE63", "\uFF0D"},
                             *const inside[] = {"\u200B.", ".\u00A0", ".\u2060", ".\u00AD"},
                             *const others[] = {"\u00B7",   "_",    "\u2016",    "--",
                                                "\xE2\x80", "\xA0", "\U0001F6A9"};
    struct key key;
    struct keyring *ring = ring_of(&key);
    char flag[FLAG_SIZE], text[512];

    flag_make(flag, &CONTEXT, &key, "raw-ipv4", "smith");
    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
        snprintf(text, sizeof(text), "%s%s%s", around[i][0], flag, around[i][1]);
        CU_ASSERT_EQUAL(check(ring, text), FLAG_RIGHT);
        text[strlen(around[i][0]) + 22] ^= 2; /* another letter of the last part */
        CU_ASSERT_NOT_EQUAL(check(ring, text), FLAG_RIGHT);
    }
    for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++) {
        put_for(text, sizeof(text), flag, '-', dashes[i]);
        CU_ASSERT_EQUAL(check(ring, text), FLAG_RIGHT);
    }
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        put_for(text, sizeof(text), flag, '.', inside[i]);
        CU_ASSERT_EQUAL(check(ring, text), FLAG_RIGHT);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        put_for(text, sizeof(text), flag, '-', others[i]);
        CU_ASSERT_EQUAL(check(ring, text), FLAG_MALFORMED);
    }
    keyring_free(ring);
}

static void every_changed_character_makes_it_wrong(void)
{
    struct key key;
    struct keyring *ring = ring_of(&key);
    char flag[FLAG_SIZE];

    flag_make(flag, &CONTEXT, &key, "raw-ipv4", "smith");
    for (size_t i = 0; i < strlen(flag); i++) {
        char changed[FLAG_SIZE];
        memcpy(changed, flag, sizeof(changed));
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        /* the closing brace may be missing, but not be something else */
        CU_ASSERT_NOT_EQUAL(check(ring, changed), FLAG_RIGHT);
    }
    keyring_free(ring);
}

static void another_class_course_student_challenge_or_key_makes_another_flag(void)
{
    struct flag_context class = CONTEXT, course = CONTEXT;
    struct key key, other_key;
    struct keyring *ring = ring_of(&key), *other = ring_of(&other_key);
    char a[FLAG_SIZE], b[FLAG_SIZE];

    class.class = "26-05";
    course.course = "sockets2";
    flag_make(a, &CONTEXT, &key, "raw-ipv4", "smith");
    flag_make(b, &class, &key, "raw-ipv4", "smith");
    CU_ASSERT_STRING_NOT_EQUAL(a, b);
    flag_make(b, &course, &key, "raw-ipv4", "smith");
    CU_ASSERT_STRING_NOT_EQUAL(a, b);
    CU_ASSERT_EQUAL(check(other, a), FLAG_WRONG);
    flag_make(b, &CONTEXT, &key, "raw-ipv4", "jones");
    CU_ASSERT_STRING_NOT_EQUAL(a + 20, b + 20);
    flag_make(b, &CONTEXT, &key, "raw-tcp", "smith"); /* made with the wrong challenge's key */
    CU_ASSERT_EQUAL(check(ring, b), FLAG_WRONG);
    keyring_free(ring);
    keyring_free(other);
}

static void what_is_not_a_flag_is_malformed(void)
{
    static const char *const rows[] = {
        "",
        "flag{}",
        "flag{raw-ipv4.smith}",
        "flag{raw-ipv4.smith.aaaa-bbbb-cccc}",
        "a.b.c",
        "..",
        "flag{a.b.aaaa-bbbb-cccc-ddd1}",
        "flag{raw-ipv4.smith.aaaa-bbbb-cccc-dddd-eeee}",
        "flag{-raw.smith.aaaa-bbbb-cccc-dddd}",
        "flag{abcdefghijklmnopqrstuvwxyz0123456789abcdefgh.smith.aaaa-bbbb-cccc-dddd}",
    };
    struct key key;
    struct keyring *ring = ring_of(&key);
    struct flag_parts parts;
    char megabyte[4096];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(check(ring, rows[i]), FLAG_MALFORMED);
    memset(megabyte, 'a', sizeof(megabyte));
    CU_ASSERT_EQUAL(flag_check(&CONTEXT, ring, megabyte, sizeof(megabyte), &parts), FLAG_MALFORMED);
    CU_ASSERT_EQUAL(flag_check(&CONTEXT, ring, "a\0b", 3, &parts), FLAG_MALFORMED);
    keyring_free(ring);
}

static unsigned typo(const struct keyring *ring, const char *text, const char *student)
{
    struct flag_parts parts;

    CU_ASSERT_NOT_EQUAL(flag_check(&CONTEXT, ring, text, strlen(text), &parts), FLAG_RIGHT);
    return typo_letters(&CONTEXT, ring, &parts, student);
}

static void a_letter_or_two_are_a_typo_and_more_are_none(void)
{
    struct key key;
    struct keyring *ring = ring_of(&key);
    struct flag_parts parts;
    char flag[FLAG_SIZE], other[FLAG_SIZE], text[FLAG_SIZE];

    flag_make(flag, &CONTEXT, &key, "raw-ipv4", "smith");
    size_t n = strlen(flag);
    CU_ASSERT_EQUAL(flag_check(&CONTEXT, ring, flag, n, &parts), FLAG_RIGHT);
    CU_ASSERT_EQUAL(typo_letters(&CONTEXT, ring, &parts, "smith"), 0);
    memcpy(text, flag, sizeof(text));
    for (unsigned wrong = 1; wrong <= 3; wrong++) {
        char *c = &text[n - 1 - wrong];
        *c = *c == 'a' ? 'b' : 'a';
        CU_ASSERT_EQUAL(typo(ring, text, "smith"), wrong > 2 ? 0 : wrong);
        CU_ASSERT_EQUAL(typo(ring, text, "jones"), 0);
    }
    snprintf(text, sizeof(text), "flag{raw-ipv4.smth.%s", strrchr(flag, '.') + 1);
    CU_ASSERT_EQUAL(typo(ring, text, "smith"), 1);
    snprintf(text, sizeof(text), "flag{raw-ipv4.msith.%s", strrchr(flag, '.') + 1);
    CU_ASSERT_EQUAL(typo(ring, text, "smith"), 2);
    /* a letter that was left out, or typed twice, and a digit that is never there, are slips too */
    snprintf(text, sizeof(text), "%.*s}", (int)strlen(flag) - 2, flag);
    CU_ASSERT_EQUAL(typo(ring, text, "smith"), 1);
    snprintf(text, sizeof(text), "%.*saa}", (int)strlen(flag) - 1, flag);
    CU_ASSERT_EQUAL(typo(ring, text, "smith"), 2);
    snprintf(text, sizeof(text), "%.*s1}", (int)strlen(flag) - 2, flag);
    CU_ASSERT_EQUAL(typo(ring, text, "smith"), 1);
    CU_ASSERT_EQUAL(typo(ring, "SOCK_RAW", "smith"), 0);
    flag_make(other, &CONTEXT, &key, "raw-ipv4", "smitt");
    CU_ASSERT_EQUAL(flag_check(&CONTEXT, ring, other, n, &parts), FLAG_RIGHT);
    CU_ASSERT_EQUAL(typo_letters(&CONTEXT, ring, &parts, "smith"), 0);
    keyring_free(ring);
}

static const struct unit_case cases[] = {
    {"a_letter_or_two_are_a_typo_and_more_are_none", a_letter_or_two_are_a_typo_and_more_are_none},
    {"a_flag_is_right_however_it_was_pasted", a_flag_is_right_however_it_was_pasted},
    {"typography_is_taken_off_and_no_letter_mended", typography_is_taken_off_and_no_letter_mended},
    {"every_changed_character_makes_it_wrong", every_changed_character_makes_it_wrong},
    {"another_class_course_student_challenge_or_key_makes_another_flag",
     another_class_course_student_challenge_or_key_makes_another_flag},
    {"what_is_not_a_flag_is_malformed", what_is_not_a_flag_is_malformed},
};
extern const struct unit_group flag_cases;
UNIT_GROUP(flag_cases, cases);
