/* What is told of a text that must hold a word which this try told. */
#include "unit.h"

#include "text_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"

/* In a try: %s is the word that was drawn in it, %o another one, of which each letter differs, %x the same in
 * hex; of a word that was told in hex %d its letters' codes, %p each two letters exchanged, %b its hex digits
 * read as Base64, %i all of it as one number. */
static const char RECEIVER[] =
    "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
    "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: \"{w}\"\n"
    "- expect: {payload: {text: \"{student} received {w}\"}}\n";
static const char ALONE_IN_HEX[] =
    "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
    "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: \"{w}\"\n"
    "- expect: {payload: {text: \"{w}\", encoding: hex}}\n";
static const char DECODE[] =
    "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
    "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: {text: \"{w}\", encoding: hex}\n"
    "- expect: {payload: {text: \"{w}\"}}\n";
static const char PLUS[] = "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
                           "- expect: {payload: {text: \"{student}\"}}\n  draw: {n: u16}\n  say: \"{n}\"\n"
                           "- expect: {payload: {bound: n, plus: 7}}\n";
static const struct text_row IN_A_TRY[] = {
    {PLUS, "smith", "%s", "NOT_ADDED", "7 must be added", "int(told) + 7"},
    {PLUS, "smith", "0", "WRONG_VALUE", "", ""},
    {RECEIVER, "smith", "smith received %s", "", "", ""},
    {RECEIVER, "smith", "smith received", "MISSING_TEXT", "is cut", ""},
    {RECEIVER, "smith", "smith received ", "MISSING_TEXT", "is cut", ""},
    {RECEIVER, "smith", "smith rec", "MISSING_TEXT", "is cut", ""},
    {RECEIVER, "smith", "smith", "MISSING_TEXT", "is missing behind the handle", ""},
    {RECEIVER, "smith", "%s", "MISSING_TEXT", "\"smith received \" is missing before it", ""},
    {RECEIVER, "smith", "received %s", "MISSING_TEXT", "\"smith \" is missing before it", ""},
    {RECEIVER, "smith", "jones received %s", "WRONG_STUDENT", "this try is smith's", "smith received"},
    {RECEIVER, "smith", "HANDLE received %s", "PLACEHOLDER", "", ""},
    {RECEIVER, "smith", "{handle} received {w}", "PLACEHOLDER", "nothing was filled in",
     "the f before the quotes"},
    {RECEIVER, "smith", "smith received None", "PLACEHOLDER", "what print() returns", "before it is sent"},
    {RECEIVER, "smith", "None", "PLACEHOLDER", "given no value, or what print() returns",
     "before it is sent"},
    {ALONE_IN_HEX, "smith", "None", "PLACEHOLDER", "given no value", ""},
    {RECEIVER, "smith", "Message received by the server!", "WRONG_VALUE", "another text", ""},
    {RECEIVER, "smith", "smith received 77", "WRONG_VALUE", "\"77\" stands where", "smith received"},
    {RECEIVER, "smith", "smith received %o", "WRONG_VALUE", "is not the word that was told in this try", ""},
    {RECEIVER, "smith", "smith received bofanuse", "PLACEHOLDER", "is the example of the challenge's text",
     "smith received"},
    {RECEIVER, "smith", "%s smith received", "MISSPELT_TEXT", "in another order", "smith received"},
    {PAD, "smith", "%s", "SWAPPED_WITH", "another line that was told in this try", "which one"},
    {PAD, "smith", "%b", "SWAPPED_WITH", "its hex digits decoded as Base64", "each by itself"},
    {RECEIVER, "smith", "smith received b'%s'", "PYTHON_REPR", "Python's way", "decode"},
    {RECEIVER, "smith", "smith received b'%s\\n'", "PYTHON_REPR", "Python's way", "decode"},
    {RECEIVER, "smith", "smith received '%s'", "QUOTED", "in quotes", ""},
    {RECEIVER, "smith", "smith received 5 EUR", "WRONG_VALUE", "\"5 EUR\" stands where", "smith received"},
    {RECEIVER, "smith", "5 EUR", "WRONG_VALUE", "another text", "smith received"},
    {RECEIVER, "smith", "smith received {w}", "PLACEHOLDER", "\"{w}\" stands where", ""},
    {RECEIVER, "smith", "smith received %s thanks", "EXTRA_TEXT", "", ""},
    {RECEIVER, "smith", "5555", "SWAPPED_WITH", "5555 is the port", "connect"},
    {ALONE_IN_HEX, "smith", "%x", "WRONG_VALUE", "is not the word that was told in this try", ""},
    {ALONE_IN_HEX, "smith", "%s", "NOT_ENCODED", "", ""},
    {RECEIVER, "smith", "5 EUR", "WRONG_VALUE", "another text", "another in each try"},
    {RECEIVER, "smith", "smith rec", "MISSING_TEXT", "is cut", "recv(1024)"},
    {DECODE, "smith", "%s", "WRONG_ENCODING", "in hex", "bytes.fromhex"},
    {RECEIVER, "smith", "smith has received %s", "EXTRA_TEXT", "with \" has\" behind it", "smith received"},
    {RECEIVER, "smith", "b'smith' received %s", "PYTHON_REPR", "the handle inside", "handle.decode()"},
    {RECEIVER, "smith", "smith received <%s>", "WRONG_VALUE", "stands where", "smith received"},
    {DECODE, "smith", "c21pdGg=", "WRONG_VALUE", "is your handle in Base64", "the line that is told"},
    {DECODE, "smith", "non-hexadecimal number found in fromhex() arg at position 0", "WRONG_VALUE",
     "an error of your own program", "str(e)"},
    /* how the word that was told is taken out of its encoding */
    {DECODE, "smith", "%d", "WRONG_ENCODING", "numbers, its letters' codes", ""},
    {DECODE, "smith", "%b", "WRONG_ENCODING", "Base64 makes of the hex digits", "bytes.fromhex"},
    {DECODE, "smith", "%p", "BYTE_SWAPPED", "each two bytes of the text", ""},
    {DECODE, "smith", "%i", "WRONG_ENCODING", "one number that is made of its bytes", "bytes.fromhex"},
};

static uint8_t next_of(const char *letters, char c)
{
    const char *at = strchr(letters, c);

    return (uint8_t)(at && at[1] ? at[1] : letters[0]);
}

/* What is made of hex digits: codes, pairs exchanged, Base64's bytes. */
static void misread(char how, const char *digits, char *out, size_t size)
{
    char word[64] = "";
    const ptrdiff_t n = hex_decode((uint8_t *)word, sizeof(word), digits, strlen(digits));
    size_t k = 0;

    out[0] = '\0';
    if (how == 'b') {
        const ptrdiff_t made = base64_decode((uint8_t *)out, size - 1, digits, strlen(digits));
        out[made > 0 ? made : 0] = '\0';
    }
    for (ptrdiff_t i = 0; how == 'd' && i < n; i++)
        k += (size_t)snprintf(out + k, size - k, "%s%d", i ? " " : "", word[i]);
    for (ptrdiff_t i = 0; how == 'p' && i < n; i++)
        snprintf(out + i, 2, "%c", word[i ^ 1]);
}

/* int(digits, 16) */
static uint64_t number_of(const char *digits)
{
    uint8_t bytes[8];
    uint64_t number = 0;

    if (hex_decode(bytes, sizeof(bytes), digits, strlen(digits)) == sizeof(bytes))
        for (size_t i = 0; i < sizeof(bytes); i++)
            number = number << 8 | bytes[i];
    return number;
}

static void fill(const char *sent, const char *word, char *out, size_t size)
{
    const size_t n = strcspn(word, "\n");
    const char *at = strchr(sent, '%');
    char is[64], other[64] = "", hex[HEX_SIZE(64)], made[64], number[24];

    snprintf(is, sizeof(is), "%.*s", (int)n, word);
    for (size_t i = 0; i < n && i + 1 < sizeof(other); i++)
        other[i] = (char)next_of(i % 2 ? "aeiou" : "bdfghklmnprstvwz", word[i]);
    hex_encode(hex, other, strlen(other));
    misread(at ? at[1] : 0, is, made, sizeof(made));
    snprintf(number, sizeof(number), "%" PRIu64, number_of(is));
    snprintf(out, size, "%.*s%s%s", at ? (int)(at - sent) : (int)strlen(sent), sent,
             !at            ? ""
             : at[1] == 's' ? is
             : at[1] == 'o' ? other
             : at[1] == 'x' ? hex
             : at[1] == 'i' ? number
                            : made,
             at ? at + 2 : "");
}

static void check_in_a_try(const struct text_row *r)
{
    char text[200];
    struct text_try t;
    struct text_row row = *r;

    text_try_begin(&t, r->asked);
    text_try_next(&t);
    fill(r->sent, buf_text(&t.said), text, sizeof(text));
    row.sent = text;
    text_check(&row, text_try_due(&t));
    text_try_end(&t);
}

/* The answer to the first round's word, in the second round, as whoever answers twice sends it. */
static void an_earlier_rounds_word_is_named_as_such(void)
{
    static const char rounds[] =
        "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n- expect: {payload: {text: \"{student}\"}}\n"
        "- repeat: 3\n  steps:\n  - draw: {w: word}\n    say: \"{w}\"\n"
        "  - expect: {payload: {text: \"{student} received {w}\"}}\n";
    char first[200], both[200];
    struct text_try t;

    text_try_begin(&t, rounds);
    text_try_next(&t);
    snprintf(first, sizeof(first), "smith received %.8s", buf_text(&t.said));
    text_try_next(&t);
    CU_ASSERT_EQUAL(t.talk.round, 1);
    const char *second = strchr(buf_text(&t.said), '\n') + 1;
    for (int blank = 0; blank < 2; blank++) {
        snprintf(both, sizeof(both), "%s%s%.8s", first, blank ? " " : "", second);
        const struct text_row collected = {rounds,
                                           "smith",
                                           both,
                                           "WRONG_VALUE",
                                           ", round 1's word, stands in it beside the one of this round",
                                           "each answer anew"};
        text_check(&collected, text_try_due(&t));
    }
    const struct text_row row = {rounds,
                                 "smith",
                                 first,
                                 "WRONG_VALUE",
                                 "is round 1's word, and this is round 2: an answer came twice, or late",
                                 "answer it once"};
    text_check(&row, text_try_due(&t));
    text_try_end(&t);
}

static void a_part_that_was_told_is_told_apart_from_the_rest(void)
{
    for (size_t i = 0; i < sizeof(IN_A_TRY) / sizeof(IN_A_TRY[0]); i++)
        check_in_a_try(&IN_A_TRY[i]);
}

static const struct unit_case cases[] = {
    {"an_earlier_rounds_word_is_named_as_such", an_earlier_rounds_word_is_named_as_such},
    {"a_part_that_was_told_is_told_apart_from_the_rest", a_part_that_was_told_is_told_apart_from_the_rest},
};
extern const struct unit_group words_cases;
UNIT_GROUP(words_cases, cases);
