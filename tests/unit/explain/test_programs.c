/* What is told of a text that a program made otherwise than it was meant. */
#include "unit.h"

#include "text_row.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "judge/filled.h"
#include "tree.h"

#define STREAM(text, encoding)                                                                               \
    "kind: stream\nlisten: {tcp.dstport: 5555}\nexpect:\n  payload: {text: \"" text                          \
    "\", encoding: " encoding "}\n"
#define ALONE STREAM("{student}", "utf-8")
#define HEX STREAM("I am {student}", "hex")
#define BASE64 STREAM("I am {student}", "base64")
#define GREETS STREAM("{student} grüßt Köln", "utf-8")

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
    /* encoded in pieces, with a label, or no text at all */
    {BASE64, "", "SQ==\nYW0=\nc21pdGg=", "INVALID_ENCODING", "in pieces, each on its own", "join the whole"},
    {HEX, "smith", "hex: 4920616d20736d697468", "EXTRA_TEXT", "\"hex: \" before it", ""},
    {HEX, "smith", "I am 736d697468", "NOT_ENCODED", "a word of it was encoded by itself", ""},
    {BASE64, "", "IlBxOjpoRQw1D6UjNdHuHg==", "WRONG_VALUE", "16 bytes in Base64 that are no text: a digest",
     "base64"},
};

static void what_programs_make_of_a_text_is_told(void)
{
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        const struct tree_file file = {"one", ROWS[i].asked};
        struct tree tree;
        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        text_check(&ROWS[i], rulebook_at(tree.book, 0));
        tree_close(&tree);
    }
}

static void what_is_no_text_is_told(void)
{
    static const struct {
        struct text_row row;
        const char *bytes;
        size_t length;
    } rows[] = {
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
    };
    const struct tree_file file = {"one", ALONE};
    struct tree tree;

    tree_open(&tree, &file, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        text_check_bytes(&rows[i].row, rulebook_at(tree.book, 0), rows[i].bytes, rows[i].length);
    tree_close(&tree);
}

/* A line of fixed length, or a whole buffer: longer than anything that is looked at. */
static void what_was_filled_up_is_told(void)
{
    static const struct text_row rows[] = {
        {ALONE, "", " ", "EXTRA_BLANKS", "before or behind", "strip()"},
        {ALONE, "", "", "TRAILING_NUL", "a NUL byte follows", "strlen()"},
        {BASE64, "", "", "TRAILING_NUL", "", ""},
    };
    const struct tree_file files[] = {{"one", ALONE}, {"one", BASE64}};
    char sent[1024];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *text = i < 2 ? "smith" : "SSBhbSBzbWl0aA==";
        struct tree tree;
        memset(sent, rows[i].sent[0], sizeof(sent));
        memcpy(sent, text, strlen(text));
        tree_open(&tree, &files[i / 2], 1, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        text_check_bytes(&rows[i], rulebook_at(tree.book, 0), sent, sizeof(sent));
        tree_close(&tree);
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

static size_t of_the_demo(const char *word, char *out)
{
    (void)word;
    return (size_t)snprintf(out, OUT_SIZE, "Connected to TCP Server on port 1111\n");
}

static void what_programs_make_of_a_word_that_was_told_is_told(void)
{
    static const struct {
        struct text_row row;
        size_t (*make)(const char *word, char *out);
    } rows[] = {
        {{RECEIVER, "smith", "left out", "MISSING_TEXT", "\"received\" is missing in the text", ""},
         left_out},
        {{RECEIVER, "smith", "empty", "MISSING_TEXT", "is cut before the word that was told", "recv(1024)"},
         emptied},
        {{RECEIVER, "smith", "signs", "EXTRA_TEXT", "\",\" stands in the text", ""}, with_signs},
        {{RECEIVER, "smith", "demo", "WRONG_VALUE", "the course's receiver answers as it stands", "recv()"},
         of_the_demo},
        {{DECODE, "smith", "hex", "WRONG_ENCODING", "in hex", "as it is: no .hex()"}, in_hex},
        {{DECODE, "smith", "Base64", "WRONG_ENCODING", "in Base64", "is decoded first"}, in_base64},
        {{DECODE, "smith", "again", "WRONG_VALUE", "it was decoded twice", "decode once"}, decoded_again},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tree_file file = {"one", rows[i].row.asked};
        struct filled *filled = filled_new();
        uint8_t storage[MESSAGE_HEADERS + 8] = {0};
        char out[OUT_SIZE], word[16] = "";
        struct packet p;
        struct tree tree;
        struct talk talk;
        struct buf said;

        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
        const struct rules *book = rulebook_at(tree.book, 0);
        buf_init(&said, 1000);
        talk_begin(&talk);
        talk_go(&talk, book, 0, &said);
        packet_of_message(&p, storage, 0, true, STUDENT, 40000, TARGET, 5555);
        talk_hear(&talk, filled_make(filled, book, &talk), &p, "smith");
        talk_go(&talk, book, 0, &said);
        base64_decode((uint8_t *)word, sizeof(word) - 1, buf_text(&said), strcspn(buf_text(&said), "\n"));
        const size_t n = rows[i].make(word, out);
        text_check_bytes(&rows[i].row, filled_make(filled, book, &talk), out, n);
        buf_free(&said);
        filled_free(filled);
        tree_close(&tree);
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
