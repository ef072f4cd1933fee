#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "json/write.h"

static bool reads(const char *text)
{
    struct json *json = json_parse(text, strlen(text), NULL);

    json_free(json);
    return json != NULL;
}

static void what_rfc_8259_allows_is_read(void)
{
    static const char *const rows[] = {
        "null",
        " {} ",
        "[]\r\n",
        "-0.5e+10",
        "0",
        "\"h\\u00e9 \\ud83d\\ude00\"",
        "[1,[2,{\"a\":[true,false]}]]",
        "{\"a\":1,\"A\":2}",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_TRUE(reads(rows[i]));
}

static void everything_else_is_refused(void)
{
    static const char *const rows[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":}",
        "{\"a\":1,}",
        "01",
        "1.",
        "+1",
        ".5",
        "1e",
        "nul",
        "NaN",
        "[1] 2",
        "{}{}",
        "'a'",
        "\"a",
        "\"\\x\"",
        "\"\\u00\"",
        "\"\\ud83d\"",
        "\"\xC0\xAF\"",
        "\"\n\"",
        "[\x01 1]",
        "{a:1}",
        "{1:1}",
        "[1 2]",
        "//x\n1",
        "{\"a\":1,\"a\":2}",
        "[{\"b\":{\"a\":1,\"a\":2}}]",
        "<html>",
        "tru",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool got = reads(rows[i]);
        if (got)
            fprintf(stderr, "read: %s\n", rows[i]);
        CU_ASSERT_FALSE(got);
    }
}

static void every_truncation_is_refused(void)
{
    static const char whole[] =
        "{\"success\":true,\"data\":[{\"id\":12,\"name\":\"h\\u00e9\\n\"},null,-1.5e3]}";

    CU_ASSERT_TRUE(reads(whole));
    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        struct json *json = json_parse(whole, n, NULL);
        CU_ASSERT_PTR_NULL(json);
        json_free(json);
    }
}

static void depth_has_a_ceiling(void)
{
    char text[2 * JSON_DEPTH_MAX + 3];

    for (int extra = 0; extra < 2; extra++) {
        size_t n = JSON_DEPTH_MAX + (size_t)extra;
        memset(text, '[', n);
        memset(text + n, ']', n);
        struct json *json = json_parse(text, 2 * n, NULL);
        CU_ASSERT_EQUAL(json != NULL, extra == 0);
        json_free(json);
    }
}

static void members_have_their_type_or_none(void)
{
    static const char text[] = "{\"n\":7,\"half\":0.5,\"big\":9007199254740993000,\"t\":\"x\",\"b\":true,"
                               "\"z\":null,\"list\":[1,2,3]}";
    struct json *json = json_parse(text, strlen(text), NULL);
    int64_t n = -1, sum = 0;
    bool b = false;

    CU_ASSERT_TRUE(json_int(json_get(json, "n"), &n));
    CU_ASSERT_EQUAL(n, 7);
    CU_ASSERT_FALSE(json_int(json_get(json, "half"), &n));
    CU_ASSERT_FALSE(json_int(json_get(json, "big"), &n));
    CU_ASSERT_FALSE(json_int(json_get(json, "t"), &n));
    CU_ASSERT_FALSE(json_int(json_get(json, "absent"), &n));
    CU_ASSERT_PTR_NULL(json_get(json, "N"));
    CU_ASSERT_STRING_EQUAL(json_text(json_get(json, "t")), "x");
    CU_ASSERT_PTR_NULL(json_text(json_get(json, "n")));
    CU_ASSERT_TRUE(json_bool(json_get(json, "b"), &b));
    CU_ASSERT_TRUE(b);
    CU_ASSERT_TRUE(json_is_null(json_get(json, "z")));
    CU_ASSERT_FALSE(json_is_null(json_get(json, "absent")));
    for (const struct json *e = json_first(json_get(json, "list")); e; e = json_next(e))
        if (json_int(e, &n))
            sum += n;
    CU_ASSERT_EQUAL(sum, 6);
    CU_ASSERT_PTR_NULL(json_first(json_get(json, "n")));
    json_free(json);
}

static void a_nul_does_not_end_a_text_early(void)
{
    static const char text[] = "{\"name\":\"smith\\u0000x\",\"a\":\"\\\\u0000\"}";
    struct json *json = json_parse(text, strlen(text), NULL);

    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    CU_ASSERT_STRING_EQUAL(json_text(json_get(json, "name")), "smith\xEF\xBF\xBDx");
    CU_ASSERT_STRING_EQUAL(json_text(json_get(json, "a")), "\\u0000");
    json_free(json);
}

static void what_is_written_can_be_read(void)
{
    struct buf out;

    buf_init(&out, 1000);
    struct json_writer w = {.out = &out};
    json_open_object(&w, NULL);
    json_put_text(&w, "a \"b\"\\", "line\n\x01\x7f h\xC3\xA9 \xFF");
    json_open_array(&w, "list");
    json_put_int(&w, NULL, -5);
    json_put_bool(&w, NULL, true);
    json_open_object(&w, NULL);
    json_close_object(&w);
    json_close_array(&w);
    json_put_text(&w, "none", NULL);
    json_close_object(&w);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), "{\"a \\\"b\\\"\\\\\":\"line\\n\\u0001\\u007f h\xC3\xA9 \\ufffd\","
                                           "\"list\":[-5,true,{}],\"none\":null}");
    CU_ASSERT_TRUE(reads(buf_text(&out)));
    buf_free(&out);
}

static void a_copy_says_the_same(void)
{
    static const char *const texts[] = {
        "{\"a\":[1,-2,true,null,\"x\"],\"b\":{\"c\":{}},\"d\":[]}", "[1.5]", "\"\\u00e9\"", "null", "{}",
    };
    struct buf out;

    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct json *json = json_parse(texts[i], strlen(texts[i]), NULL);
        buf_clear(&out);
        json_put_copy(&(struct json_writer){.out = &out, .ascii = true}, NULL, json);
        CU_ASSERT_STRING_EQUAL(buf_text(&out), texts[i]);
        json_free(json);
    }
    buf_clear(&out);
    json_put_copy(&(struct json_writer){.out = &out}, NULL, NULL);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), "null");
    buf_free(&out);
}

static void ascii_is_written_as_ctfd_writes_it(void)
{
    static const struct {
        const char *text, *written;
    } rows[] = {
        {"a/<b>", "\"a/<b>\""},
        {"\xC3\xA9\xE2\x82\xAC", "\"\\u00e9\\u20ac\""},
        {"\xF0\x9F\x98\x80", "\"\\ud83d\\ude00\""},
        {"\xFF", "\"\\ufffd\""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out;
        buf_init(&out, 100);
        struct json_writer w = {.out = &out, .ascii = true};
        json_put_text(&w, NULL, rows[i].text);
        CU_ASSERT_STRING_EQUAL(buf_text(&out), rows[i].written);
        CU_ASSERT_TRUE(reads(buf_text(&out)));
        buf_free(&out);
    }
}

static const struct unit_case cases[] = {
    {"ascii_is_written_as_ctfd_writes_it", ascii_is_written_as_ctfd_writes_it},
    {"what_rfc_8259_allows_is_read", what_rfc_8259_allows_is_read},
    {"everything_else_is_refused", everything_else_is_refused},
    {"every_truncation_is_refused", every_truncation_is_refused},
    {"depth_has_a_ceiling", depth_has_a_ceiling},
    {"members_have_their_type_or_none", members_have_their_type_or_none},
    {"a_nul_does_not_end_a_text_early", a_nul_does_not_end_a_text_early},
    {"what_is_written_can_be_read", what_is_written_can_be_read},
    {"a_copy_says_the_same", a_copy_says_the_same},
};
extern const struct unit_group json_cases;
UNIT_GROUP(json_cases, cases);
