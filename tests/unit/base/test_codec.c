#include "unit.h"

#include "base/codec.h"
#include "base/cursor.h"

#include <string.h>

/* RFC 4648, section 10 */
static void rfc_4648_vectors(void)
{
    static const struct {
        const char *plain, *base64, *base32, *hex;
    } rows[] = {
        {"", "", "", ""},
        {"f", "Zg==", "my", "66"},
        {"fo", "Zm8=", "mzxq", "666f"},
        {"foo", "Zm9v", "mzxw6", "666f6f"},
        {"foob", "Zm9vYg==", "mzxw6yq", "666f6f62"},
        {"fooba", "Zm9vYmE=", "mzxw6ytb", "666f6f6261"},
        {"foobar", "Zm9vYmFy", "mzxw6ytboi", "666f6f626172"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char out[32];
        uint8_t back[32];
        size_t n = strlen(rows[i].plain);
        base64_encode(out, rows[i].plain, n);
        CU_ASSERT_STRING_EQUAL(out, rows[i].base64);
        CU_ASSERT_EQUAL(base64_decode(back, sizeof(back), out, strlen(out)), (ptrdiff_t)n);
        CU_ASSERT_EQUAL(memcmp(back, rows[i].plain, n), 0);
        base32_encode(out, rows[i].plain, n);
        CU_ASSERT_STRING_EQUAL(out, rows[i].base32);
        hex_encode(out, rows[i].plain, n);
        CU_ASSERT_STRING_EQUAL(out, rows[i].hex);
        CU_ASSERT_EQUAL(hex_decode(back, sizeof(back), out, strlen(out)), (ptrdiff_t)n);
        CU_ASSERT_EQUAL(memcmp(back, rows[i].plain, n), 0);
    }
}

static void loose_base64_and_hex_are_refused(void)
{
    static const char *const base64[] = {
        "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Zm9v\n", "Zm-v", "===="};
    static const char *const hex[] = {"6", "6g", "0x66", "66 6f", "66\n"};
    uint8_t out[32];

    for (size_t i = 0; i < sizeof(base64) / sizeof(base64[0]); i++)
        CU_ASSERT_EQUAL(base64_decode(out, sizeof(out), base64[i], strlen(base64[i])), -1);
    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
        CU_ASSERT_EQUAL(hex_decode(out, sizeof(out), hex[i], strlen(hex[i])), -1);
    CU_ASSERT_EQUAL(hex_decode(out, 1, "6666", 4), -1);
    CU_ASSERT_EQUAL(base64_decode(out, 2, "Zm9v", 4), -1);
}

/* On every machine, whatever its own order. */
static void numbers_are_read_in_network_order(void)
{
    static const uint8_t bytes[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF};
    uint8_t stored[4];

    CU_ASSERT_EQUAL(load_be16(bytes), 0x0123);
    CU_ASSERT_EQUAL(load_be32(bytes), 0x01234567);
    CU_ASSERT_EQUAL(load_be64(bytes), 0x0123456789ABCDEF);
    store_be32(stored, 0x01234567);
    CU_ASSERT_EQUAL(memcmp(stored, bytes, sizeof(stored)), 0);
}

static const struct unit_case cases[] = {
    {"numbers_are_read_in_network_order", numbers_are_read_in_network_order},
    {"rfc_4648_vectors", rfc_4648_vectors},
    {"loose_base64_and_hex_are_refused", loose_base64_and_hex_are_refused},
};
extern const struct unit_group codec_cases;
UNIT_GROUP(codec_cases, cases);
