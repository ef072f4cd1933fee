/* What is told of a text that a program made otherwise than it was meant. */
#include "unit.h"

#include "text_row.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"

static const struct text_row ROWS[] = {
    /* in a loop, multiplied, joined letter by letter */
    {ALONE, "smith", "smithsmithsmith", "EXTRA_TEXT", "the same stands there 3 times", "in a loop"},
    {ALONE, "smith", "smithsmith", "EXTRA_TEXT", "twice", ""},
    {ALONE, "", "s m i t h", "EXTRA_BLANKS", "between each two letters", "' '.join(text)"},
    {ALONE, "smith", "s,m,i,t,h", "EXTRA_TEXT", "\",\" stands between each two letters", "','.join(text)"},
    {ALONE, "smith", "['s', 'm', 'i', 't', 'h']", "EXTRA_TEXT", "a list of its letters",
     "no str() of a list"},
    {ALONE, "jones", "False", "PLACEHOLDER", "what a comparison or a test gives", "print the variable"},
    {HEX, "smith", "4920616d20736d6974684920616d20736d697468", "EXTRA_TEXT", "stands there twice", ""},
    /* a shell's quotes */
    {ALONE, "", "$(cat handle.txt)", "PLACEHOLDER", "of the shell came as it is written", "double quotes"},
    {ALONE, "", "${HANDLE}", "PLACEHOLDER", "of the shell", "double quotes"},
    {ALONE, "", "$1", "PLACEHOLDER", "of the shell", "double quotes"},
    /* signs, and words left out */
    {BASE64, "smith", "SV9hbV9zbWl0aA==", "MISSPELT_TEXT", "two letters of the text", ""},
    {GREETS, "smith", "smith Köln", "MISSING_TEXT", "\"grüßt\" is missing in the text", "smith grüßt Köln"},
    {GREETS, "smith", "smith grüßt Cologne", "MISSPELT_TEXT", "\"Cologne\" stands where \"Köln\" belongs",
     "smith grüßt Köln"},
    {GREETS, "smith", "smith greets Köln", "MISSPELT_TEXT", "\"greets\" stands where \"grüßt\" belongs", ""},
    {GREETS, "smith", "smith grüßt Köln und Bonn", "EXTRA_TEXT", "", ""},
    {BASE64, "", "*22!A;2!S;6ET:   ", "WRONG_ENCODING", "uuencode made this", "base64"},
    {GREETS, "smith", "smith, grüßt, Köln!", "EXTRA_TEXT", "\",\" stands in the text", "smith grüßt Köln"},
    /* letters beyond ASCII */
    {GREETS, "smith", "smith gru¨ßt Ko¨ln", "DECOMPOSED", "\"u¨\" came for \"ü\"", "as one"},
    {GREETS, "smith", "smith gr¨ußt K¨oln", "DECOMPOSED", "\"¨u\" came for \"ü\"", "as one"},
    {GREETS, "smith", "smith gr\"ußt K\"oln", "DECOMPOSED", "a quote stands for a letter's two dots",
     "as one"},
    {GREETS, "smith", "smith gru\"ßt Ko\"ln", "DECOMPOSED", "a quote stands for a letter's two dots",
     "as one"},
    {GREETS, "smith", "smith grűßt Kőln", "REPLACED_LETTERS", "Hungarian", ""},
    {GREETS, "smith",
     "smith gr\\N{LATIN SMALL LETTER U WITH DIAERESIS}\\N{LATIN SMALL LETTER SHARP S}t "
     "K\\N{LATIN SMALL LETTER O WITH DIAERESIS}ln",
     "ESCAPED_LETTERS", "name in Unicode", "namereplace"},
    {GREETS, "smith", "smith grt Kln-idb26a7c", "WRONG_CHARSET", "Punycode", "not 'punycode'"},
    {GREETS, "smith", "smith grt Kln", "REPLACED_LETTERS", "left out", "ignore"},
    /* what nobody sees, and strip() leaves */
    {ALONE, "smith", "smith\u200b", "MISSPELT_TEXT", "one that nobody sees, U+200B", "type it anew"},
    {ALONE, "", "smith\u200b", "MISSPELT_TEXT", "one that nobody sees, U+200B", "type it anew"},
    /* hex of another number of digits than two a byte */
    {HEX, "", "4266276676", "WRONG_ENCODING", "one hex digit of each byte came, the first", "both digits"},
    {HEX, "smith", "901d03d948", "WRONG_ENCODING", "one hex digit of each byte came, the second", ""},
    {HEX, "", "04902006106d02007306d069074068", "WRONG_ENCODING", "3 hex digits", "not '%03x'"},
    {STREAM("{student}", "hex"), "", "07306d069074068", "WRONG_ENCODING", "3 hex digits", "not '%03x'"},
    {HEX, "smith", "0000004900000020000000610000006d00000020000000730000006d000000690000007400000068",
     "UTF16", "UTF-32", "not '%04x' or '%08x'"},
    {HEX, "smith", "68616e646c652e747874", "WRONG_VALUE", "the name of a program or a file", "argv[1]"},
    {ALONE, "smith", "s", "MISSING_TEXT", "one letter came", "'5s' all"},
    {ALONE, "smith", "flag{smith}", "EXTRA_TEXT", "\"flag{\" and \"}\" stand around it", "send \"smith\""},
    {GREETS, "smith", "smith\n", "MISSING_TEXT", "a line end ended the text there", "smith grüßt Köln"},
    {BASE64, "", "U2FsdGVkX18QbA8DWuGUiKqdXWHt0Dzo", "WRONG_VALUE", "is encrypted", "base64"},
    /* encoded in pieces, with a label, or no text at all */
    {BASE64, "", "SQ==\nYW0=\nc21pdGg=", "INVALID_ENCODING", "in pieces, each on its own", "join the whole"},
    {HEX, "smith", "hex: 4920616d20736d697468", "EXTRA_TEXT", "\"hex: \" before it", ""},
    {HEX, "smith", "I am 736d697468", "NOT_ENCODED", "a word of it was encoded by itself", ""},
    {BASE64, "", "IlBxOjpoRQw1D6UjNdHuHg==", "WRONG_VALUE", "16 bytes in Base64 that are no text: a digest",
     "base64"},
};

static void what_programs_make_of_a_text_is_told(void)
{
    text_check_rows(ROWS, sizeof(ROWS) / sizeof(ROWS[0]));
}

#define FROM                                                                                                 \
    "kind: stream\nlisten: {tcp.dstport: 5555}\nexpect:\n  tcp.srcport: 40000\n"                             \
    "  payload: {text: \"{student}\"}\n"

static void what_is_no_text_is_told(void)
{
    static const struct text_bytes rows[] = {
        {{ALONE, "", "5 of &text", "WRONG_VALUE", "these 5 bytes are no text", "no & before it"},
         "\x10\xf0)\xb9j",
         5},
        {{ALONE, "", "7 of &text", "WRONG_VALUE", "these 7 bytes are no text", "no & before it"},
         "\xa0\x12\xfa\xc7\xa4\x55\0",
         7},
        {{ALONE, "", "a UDP header", "NESTED_HEADER", "a TCP header stands before the text",
          "the text alone"},
         "\x9c\x40\x15\xb3\0\0\0\1\0\0\0\0\x50\x02\x16\xd0\0\0\0\0smith",
         25},
        {{ALONE, "", "an IPv4 header", "NESTED_HEADER", "an IPv4 header stands before the text",
          "the text alone"},
         "\x45\0\0\x19\0\1\0\0\x40\x06\0\0\x0a\x0a\0\x28\xac\x10\1\x0fsmith",
         25},
        {{ALONE, "", "struct.pack('!I', 5)", "WRONG_VALUE", "these 4 bytes are no text", "no struct.pack"},
         "\0\0\0\5",
         4},
        {{ALONE, "", "to_bytes(8, 'big')", "EXTRA_TEXT", "NUL bytes stand before the text", "to_bytes("},
         "\0\0\0smith",
         8},
        {{ALONE, "", "gzip", "WRONG_VALUE", "was compressed: this is how what gzip makes", "without gzip"},
         "\x1f\x8b\x08\0\0\0\0\0\0\x03\x2b\xce\xcd\x2c\xc9\0\0",
         17},
        {{ALONE, "smith", "zlib", "WRONG_VALUE", "was compressed: this is how what zlib", "without zlib"},
         "\x78\x9c\x2b\xce\xcd\x2c\xc9\0\0\x06\x8b\2\x2a",
         13},
        {{BASE64, "", "b64decode", "INVALID_ENCODING", "decoded as if it were Base64 already",
          "not b64decode"},
         "\x21\xa9\xac\x9a\x2b\x61",
         6},
        {{FROM, "smith", "a port before", "EXTRA_TEXT", "40000, packed in two bytes", "s.bind(('', 40000))"},
         "\x9c\x40smith",
         7},
    };

    text_check_bytes_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* A line of fixed length, or a whole buffer: longer than anything that is looked at. */
static void what_was_filled_up_is_told(void)
{
    static const struct text_row rows[] = {
        {ALONE, "", " ", "EXTRA_BLANKS", "before or behind", "strip()"},
        {ALONE, "", "", "TRAILING_NUL", "a NUL byte follows", "strlen()"},
        {BASE64, "", "", "TRAILING_NUL", "", ""},
    };
    char sent[1024];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *text = i < 2 ? "smith" : "SSBhbSBzbWl0aA==";
        const struct text_bytes row = {rows[i], sent, sizeof(sent)};
        memset(sent, rows[i].sent[0], sizeof(sent));
        memcpy(sent, text, strlen(text));
        text_check_bytes_rows(&row, 1);
    }
}

static const char RECEIVER[] = "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
                               "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: {text: "
                               "\"{w}\", encoding: base64}\n"
                               "- expect: {payload: {text: \"{student} received {w}\"}}\n";
static const char DECODE[] = "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
                             "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: {text: "
                             "\"{w}\", encoding: base64}\n"
                             "- expect: {payload: {text: \"{w}\"}}\n";

static const char DECODE_HEX[] = "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
                                 "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: "
                                 "{text: \"{w}\", encoding: hex}\n"
                                 "- expect: {payload: {text: \"{w}\"}}\n";
static const char PLAIN[] = "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
                            "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: \"{w}\"\n"
                            "- expect: {payload: {text: \"{w}\"}}\n";

enum { OUT_SIZE = 100 };

/* How an answer is made of the word: the length of what is written to out. */
static size_t left_out(const char *word, char *out)
{
    return (size_t)snprintf(out, OUT_SIZE, "smith %s", word);
}

static size_t emptied(const char *word, char *out)
{
    (void)word;
    return (size_t)snprintf(out, OUT_SIZE, "smith received ");
}

static size_t with_signs(const char *word, char *out)
{
    return (size_t)snprintf(out, OUT_SIZE, "smith, received, %s", word);
}

static size_t in_hex(const char *word, char *out)
{
    hex_encode(out, word, strlen(word));
    return strlen(out);
}

static size_t in_base64(const char *word, char *out)
{
    base64_encode(out, word, strlen(word));
    return strlen(out);
}

static size_t decoded_again(const char *word, char *out)
{
    return (size_t)base64_decode((uint8_t *)out, 64, word, strlen(word));
}

static size_t digit_a_byte(const char *word, char *out)
{
    char digits[OUT_SIZE];

    hex_encode(digits, word, strlen(word));
    for (size_t i = 0; digits[i]; i++)
        out[i] = (char)(digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
    return strlen(digits);
}

static size_t second_digits(const char *word, char *out)
{
    char digits[OUT_SIZE];

    hex_encode(digits, word, strlen(word));
    for (size_t i = 0; word[i]; i++)
        out[i] = digits[2 * i];
    return strlen(word);
}

static size_t one_digit_on(const char *word, char *out)
{
    char digits[OUT_SIZE];

    hex_encode(digits, word, strlen(word));
    memmove(digits, digits + 1, strlen(digits));
    strncat(digits, "0", 2);
    return (size_t)hex_decode((uint8_t *)out, OUT_SIZE, digits, strlen(digits));
}

static size_t recased(const char *word, char *out)
{
    char text[OUT_SIZE];

    base64_encode(text, word, strlen(word));
    for (char *c = text; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
    text[strlen(text) - 2] = 'A'; /* no bits that belong to no byte */
    return (size_t)base64_decode((uint8_t *)out, OUT_SIZE, text, strlen(text));
}

static size_t halves(const char *word, char *out)
{
    const size_t half = strlen(word) / 2;

    return (size_t)snprintf(out, OUT_SIZE, "%s%.*s", word + half, (int)half, word);
}

static size_t braced(const char *word, char *out)
{
    return (size_t)snprintf(out, OUT_SIZE, "flag{%s}", word);
}

static size_t with_nuls(const char *word, char *out)
{
    memset(out, 0, 8);
    memcpy(out + 8, word, strlen(word));
    return 8 + strlen(word);
}

static size_t nibbles_exchanged(const char *word, char *out)
{
    for (size_t i = 0; i < strlen(word); i++)
        out[i] = (char)((word[i] & 0x0F) << 4 | word[i] >> 4);
    return strlen(word);
}

static size_t fours_backwards(const char *word, char *out)
{
    for (size_t i = 0; i < strlen(word); i++)
        out[i] = word[i ^ 3];
    return strlen(word);
}

static size_t one_letter_on(const char *word, char *out)
{
    char text[64];

    base64_encode(text, word, strlen(word));
    const ptrdiff_t n = base64_decode((uint8_t *)out, OUT_SIZE, text + 1, (strcspn(text, "=") - 1) / 4 * 4);
    return n > 0 ? (size_t)n : 0;
}

static size_t of_the_demo(const char *word, char *out)
{
    (void)word;
    return (size_t)snprintf(out, OUT_SIZE, "Connected to TCP Server on port 1111\n");
}

static const struct {
    struct text_row row;
    size_t (*make)(const char *word, char *out);
} OF_A_WORD[] = {
    {{RECEIVER, "smith", "left out", "MISSING_TEXT", "\"received\" is missing in the text", ""}, left_out},
    {{RECEIVER, "smith", "empty", "MISSING_TEXT", "is cut before the word that was told", "recv(1024)"},
     emptied},
    {{RECEIVER, "smith", "signs", "EXTRA_TEXT", "\",\" stands in the text", ""}, with_signs},
    {{RECEIVER, "smith", "demo", "WRONG_VALUE", "the course's receiver answers as it stands", "recv()"},
     of_the_demo},
    {{DECODE, "smith", "hex", "WRONG_ENCODING", "in hex", "as it is: no .hex()"}, in_hex},
    {{DECODE, "smith", "Base64", "WRONG_ENCODING", "in Base64", "is decoded first"}, in_base64},
    {{PLAIN, "smith", "hex of a plain one", "WRONG_ENCODING", "in hex", "send it as it is"}, in_hex},
    {{PLAIN, "smith", "Base64 of a plain one", "WRONG_ENCODING", "in Base64", "send it as it is"}, in_base64},
    {{DECODE_HEX, "smith", "hex", "WRONG_ENCODING", "in hex", "decoded first: bytes.fromhex"}, in_hex},
    {{DECODE_HEX, "smith", "a byte a digit", "WRONG_VALUE", "each hex digit became a byte of its own",
      "fromhex"},
     digit_a_byte},
    {{DECODE_HEX, "smith", "line[0::2]", "WRONG_VALUE", "each second hex digit was left out", "fromhex"},
     second_digits},
    {{DECODE_HEX, "smith", "line[1:]", "WRONG_VALUE", "were read one too far on", "fromhex"}, one_digit_on},
    {{DECODE_HEX, "smith", "nibbles", "WRONG_VALUE", "digits of each byte are exchanged", "fromhex"},
     nibbles_exchanged},
    {{DECODE_HEX, "smith", "fours", "WRONG_VALUE", "each four bytes of the word are backwards", "fromhex"},
     fours_backwards},
    {{DECODE, "smith", "line[1:]", "WRONG_VALUE", "without its first letter", "no line[1:]"}, one_letter_on},
    {{DECODE, "smith", "lower()", "WRONG_VALUE", "the Base64 was made all small letters", "no lower()"},
     recased},
    {{DECODE, "smith", "halves", "WRONG_VALUE", "the two halves of the word are exchanged", ""}, halves},
    {{DECODE, "smith", "flag{}", "EXTRA_TEXT", "\"flag{\" and \"}\" stand around it", "nothing else"},
     braced},
    {{DECODE_HEX, "smith", "to_bytes(16, 'big')", "EXTRA_TEXT", "NUL bytes stand before the text",
      "bytes.fromhex"},
     with_nuls},
    {{DECODE, "smith", "again", "WRONG_VALUE", "it was decoded twice", "decode once"}, decoded_again},
};

static void what_programs_make_of_a_word_that_was_told_is_told(void)
{
    for (size_t i = 0; i < sizeof(OF_A_WORD) / sizeof(OF_A_WORD[0]); i++) {
        char out[OUT_SIZE], word[16] = "";
        struct text_try t;

        text_try_begin(&t, OF_A_WORD[i].row.asked);
        text_try_next(&t);
        const char *told = buf_text(&t.said);
        const size_t n_told = strcspn(told, "\n");
        if (OF_A_WORD[i].row.asked == PLAIN)
            memcpy(word, told, n_told);
        else if (OF_A_WORD[i].row.asked == DECODE_HEX)
            hex_decode((uint8_t *)word, sizeof(word) - 1, told, n_told);
        else
            base64_decode((uint8_t *)word, sizeof(word) - 1, told, n_told);
        const size_t n = OF_A_WORD[i].make(word, out);
        text_check_bytes(&OF_A_WORD[i].row, text_try_due(&t), out, n);
        text_try_end(&t);
    }
}

static const struct unit_case cases[] = {
    {"what_programs_make_of_a_text_is_told", what_programs_make_of_a_text_is_told},
    {"what_is_no_text_is_told", what_is_no_text_is_told},
    {"what_was_filled_up_is_told", what_was_filled_up_is_told},
    {"what_programs_make_of_a_word_that_was_told_is_told",
     what_programs_make_of_a_word_that_was_told_is_told},
};
extern const struct unit_group program_cases;
UNIT_GROUP(program_cases, cases);
