#include "unit.h"

#include <string.h>

#include "flag/pin.h"
#include "flag/proof.h"

static const struct flag_context CONTEXT = {"flag", "sockets", "26-04"};
static const struct proof_of LINE = {
    "raw-ipv4", "smith", "10.10.0.40", "40000", "2026-11-22T18:47:33.309128+00:00", "submit"};

static void a_proof_is_for_one_line_alone(void)
{
    struct proof_of others[] = {LINE, LINE, LINE, LINE, LINE, LINE};
    struct flag_context class = CONTEXT;
    char proof[PROOF_SIZE], flag[FLAG_SIZE];
    struct keyring *ring = NULL;
    struct key key, other;

    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    CU_ASSERT_TRUE(keyring_challenge(ring, LINE.slug, &key));
    CU_ASSERT_TRUE(keyring_challenge(ring, "raw-tcp", &other));
    flag_proof(proof, &CONTEXT, &key, &LINE);
    CU_ASSERT_EQUAL(strlen(proof), PROOF_SIZE - 1);
    CU_ASSERT_TRUE(flag_proof_right(proof, &CONTEXT, &key, &LINE));
    CU_ASSERT_FALSE(flag_proof_right(proof, &CONTEXT, &other, &LINE));
    CU_ASSERT_FALSE(flag_proof_right("", &CONTEXT, &key, &LINE));
    class.class = "27-04";
    CU_ASSERT_FALSE(flag_proof_right(proof, &class, &key, &LINE));
    others[0].slug = "raw-tcp";
    others[1].student = "jones";
    others[2].source = "10.10.0.41";
    others[3].port = "40001";
    others[4].time = "2026-11-22T18:47:33.309129+00:00";
    others[5].event = "waiting";
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        CU_ASSERT_FALSE(flag_proof_right(proof, &CONTEXT, &key, &others[i]));
    /* it must not give the flag's own letters away */
    flag_make(flag, &CONTEXT, &key, LINE.slug, LINE.student);
    CU_ASSERT_PTR_NULL(strstr(flag, (char[]){proof[0], proof[1], proof[2], proof[3], '-', proof[4], '\0'}));
    keyring_free(ring);
}

static void a_pin_is_one_students_in_one_class(void)
{
    struct flag_context class = {"flag", "sockets", "27-04"};
    struct keyring *ring = NULL;
    char pin[PIN_SIZE], again[PIN_SIZE];
    size_t same = 0;

    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    CU_ASSERT_TRUE(pin_make(pin, &CONTEXT, ring, "smith"));
    CU_ASSERT_EQUAL(strspn(pin, "0123456789"), PIN_DIGITS);
    CU_ASSERT_TRUE(pin_right(pin, &CONTEXT, ring, "smith"));
    CU_ASSERT_FALSE(pin_right("", &CONTEXT, ring, "smith"));
    /* two of four may be alike by chance, in one run of 10^11 */
    same += pin_right(pin, &CONTEXT, ring, "jones");
    same += pin_right(pin, &class, ring, "smith");
    CU_ASSERT_TRUE(same < 2);
    CU_ASSERT_TRUE(pin_make(again, &CONTEXT, ring, "smith"));
    CU_ASSERT_STRING_EQUAL(pin, again);
    keyring_free(ring);
}

static void a_narrow_ring_has_pins_only_when_told_so(void)
{
    static const char *const with[] = {"raw-ipv4", PIN_KEY};
    struct keyring *ring = NULL;
    char pin[PIN_SIZE], narrow[PIN_SIZE];

    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    CU_ASSERT_TRUE(pin_make(pin, &CONTEXT, ring, "smith"));
    CU_ASSERT_EQUAL(keyring_narrow(ring, with, 2, NULL), ST_OK);
    CU_ASSERT_TRUE(pin_make(narrow, &CONTEXT, ring, "smith"));
    CU_ASSERT_STRING_EQUAL(pin, narrow);
    CU_ASSERT_EQUAL(keyring_narrow(ring, with, 1, NULL), ST_OK);
    CU_ASSERT_FALSE(pin_make(narrow, &CONTEXT, ring, "smith"));
    CU_ASSERT_FALSE(pin_right(pin, &CONTEXT, ring, "smith"));
    keyring_free(ring);
}

static const struct unit_case CASES[] = {
    {"a_proof_is_for_one_line_alone", a_proof_is_for_one_line_alone},
    {"a_pin_is_one_students_in_one_class", a_pin_is_one_students_in_one_class},
    {"a_narrow_ring_has_pins_only_when_told_so", a_narrow_ring_has_pins_only_when_told_so},
};
UNIT_GROUP(proof_cases, CASES);
