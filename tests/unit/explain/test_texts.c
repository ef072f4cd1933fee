/* What is told first of a text that is not the one asked for. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "explain/letters.h"
#include "explain/reasons.h"
#include "judge/filled.h"
#include "judge/judge.h"
#include "tree.h"

enum { STUDENT = 0x0A0A0028, TARGET = 0xAC10010F };

#define STREAM(text, encoding)                                                                               \
    "kind: stream\nlisten: {tcp.dstport: 5555}\nexpect:\n  payload: {text: \"" text                          \
    "\", encoding: " encoding "}\n"
#define ALONE STREAM("{student}", "utf-8")
#define HEX STREAM("I am {student}", "hex")
#define BASE64 STREAM("I am {student}", "base64")
#define GREETS STREAM("{student} grüßt Köln", "utf-8")

static const struct row {
    const char *asked, *student, *sent; /* student "": whoever the text names */
    const char *code, *says, *tries;
} ROWS[] = {
    {ALONE, "smith", "smith", "", "", ""},
    {GREETS, "smith", "smith grüßt Köln\n", "", "", ""},
    /* one letter is no placeholder, what looks like one is */
    {ALONE, "", "x", "MISSING_TEXT", "one letter came", ""},
    {ALONE, "", "P", "MISSING_TEXT", "one letter came", ""},
    {ALONE, "jones", "x", "WRONG_VALUE", "", ""},
    {ALONE, "jones", "HANDLE", "PLACEHOLDER", "", ""},
    {ALONE, "", "<handle>", "PLACEHOLDER", "", ""},
    {ALONE, "", "{name}", "PLACEHOLDER", "nothing was filled in", "the f before the quotes"},
    {ALONE, "", "$HANDLE", "PLACEHOLDER", "", ""},
    {GREETS, "smith", "HANDLE grüßt Köln", "PLACEHOLDER", "", ""},
    {GREETS, "smith", "HANDLE gr", "PLACEHOLDER", "", ""},
    {ALONE, "smith", "handle: smith", "EXTRA_TEXT", "", ""},
    {ALONE, "smith", "Enter your handle: smith", "EXTRA_TEXT", "\"Enter your handle: \" before it", ""},
    {BASE64, "smith", "RW50ZXIgeW91ciBoYW5kbGU6IEkgYW0gc21pdGg=", "EXTRA_TEXT", "your handle", ""},
    /* a port belongs into the address */
    {ALONE, "", "5555", "", "", ""},
    {ALONE, "smith", "5555", "SWAPPED_WITH", "5555 is the port", "connect((target, 5555))"},
    {HEX, "smith", "4920616d2035353535", "SWAPPED_WITH", "5555 is the port", ""},
    {HEX, "", "5555", "SWAPPED_WITH", "5555 is the port", ""},
    /* a beginning is a text that was cut */
    {ALONE, "smith", "smi", "MISSING_TEXT", "its first 3 letters", "at once"},
    {ALONE, "smith", "s", "MISSING_TEXT", "one letter came", "at once"},
    {GREETS, "smith", "smith gr", "MISSING_TEXT", "its first 8 letters", "sendall"},
    {GREETS, "smith", "smith grüß", "MISSING_TEXT", "its first 10 letters", "sendall"},
    {GREETS, "smith", "smith grüßt K\xC3", "MISSING_TEXT", "as many bytes came as the text has letters, 16,",
     "len(data)"},
    {GREETS, "smith", "smith gr\xC3", "MISSING_TEXT", "is cut", "sendall"},
    {GREETS, "smith", "smith", "MISSING_TEXT", "is missing behind the handle", ""},
    {GREETS, "", "smith gr", "MISSING_TEXT", "its first 8 letters", ""},
    {HEX, "smith", "4920616d2073", "MISSING_TEXT", "its first 6 letters are", ""},
    {HEX, "smith", "492061", "MISSING_TEXT", "its first 3 letters are", ""},
    {HEX, "smith", "4920616d207", "MISSING_TEXT", "its first 11 letters, encoded", ""},
    /* letters beyond ASCII */
    {GREETS, "smith", "smith gr\xFC\xDFt K\xF6ln", "LATIN1", "Windows-1252", ""},
    {GREETS, "smith", "smith gr\x81\xE1t K\x94ln", "WRONG_CHARSET", "CP850", "utf-8"},
    {GREETS, "", "smith gr\x81\xE1t K\x94ln", "WRONG_CHARSET", "\"\\x81\" came for \"ü\"", "utf-8"},
    {GREETS, "smith", "smith gr\x9F\xA7t K\x9Aln", "WRONG_CHARSET", "Mac Roman", ""},
    {STREAM("{student}: 5 €", "utf-8"), "smith", "smith: 5 \x80", "WRONG_CHARSET", "Windows-1252", ""},
    {GREETS, "smith", "smith gr\\u00FC\\u00DFt K\\u00F6ln", "ESCAPED_LETTERS", "\\u00FC",
     "the letter itself"},
    {GREETS, "smith", "smith gr\\xFC\\xDFt K\\xF6ln", "ESCAPED_LETTERS", "\\xFC", "the letter itself"},
    {GREETS, "smith", "smith gr\\xC3\\xBC\\xC3\\x9Ft K\\xC3\\xB6ln", "ESCAPED_LETTERS", "", "echo -e"},
    {GREETS, "smith", "smith grU+00FCU+00DFt KU+00F6ln", "ESCAPED_LETTERS", "number in Unicode", ""},
    {GREETS, "smith", "smith gr&#xFC;&#xDF;t K&#xF6;ln", "ESCAPED_LETTERS", "entity", "unescape"},
    {ALONE, "smith", "/tmp/x", "WRONG_VALUE", "the name of a program", "argv[1]"},
    {ALONE, "smith", "./a.out", "WRONG_VALUE", "the name of a program", "argv[1]"},
    {ALONE, "smith", "client.py", "WRONG_VALUE", "the name of a program", "argv[1]"},
    {GREETS, "smith", "<smith> grüßt Köln", "EXTRA_TEXT", "with \"<\" before and \">\" behind it", ""},
    {ALONE, "smith", "5", "MISSING_TEXT", "5 is the length of the text", "send \"smith\""},
    {ALONE, "jones", "5", "MISSING_TEXT", "5 is the length of the text", "send \"jones\""},
    {GREETS, "smith", "smith grüsst köln", "WRONG_CASE", "", "casefold()"},
    {GREETS, "smith", "smith grüsst Köln", "REPLACED_LETTERS", "", ""},
    {BASE64, "smith", "SSBhbSA=c21pdGg=", "INVALID_ENCODING", "in pieces, each on its own", "join the whole"},
    {BASE64, "", "SSBhbSA=c21pdGg=", "INVALID_ENCODING", "in pieces, each on its own", "join the whole"},
    {BASE64, "smith", "SSBhbSA=c=1pdGg=", "INVALID_ENCODING", "stands before its end", ""},
    {GREETS, "smith", "smith gru\xCC\x88ßt Ko\xCC\x88ln", "DECOMPOSED", "came for \"ü\"", "NFC"},
    {GREETS, "smith", "smith grÃ¼Ã\xC2\x9Ft KÃ¶ln", "ENCODED_TWICE", "\"Ã¼\" came for \"ü\"", "once"},
    {GREETS, "smith", "smith grÃ¼ÃŸt KÃ¶ln", "ENCODED_TWICE", "read as Windows-1252", "once"},
    {GREETS, "smith", "smith gr\\xfc\\xdft K\\xf6ln", "ESCAPED_LETTERS", "\"\\xfc\" came for \"ü\"", ""},
    {GREETS, "smith", "smith gr\\u00fc\\u00dft K\\u00f6ln", "ESCAPED_LETTERS", "\\u00fc", ""},
    {GREETS, "smith", "smith gr\\xc3\\xbc\\xc3\\x9ft K\\xc3\\xb6ln", "ESCAPED_LETTERS", "\\xc3\\xbc", ""},
    {GREETS, "smith", "smith gr&uuml;&szlig;t K&ouml;ln", "ESCAPED_LETTERS", "HTML", "unescape"},
    {GREETS, "smith", "smith gr&#252;&#223;t K&#246;ln", "ESCAPED_LETTERS", "&#252;", "unescape"},
    {GREETS, "smith", "smith gr&#xfc;&#xdf;t K&#xf6;ln", "ESCAPED_LETTERS", "&#xfc;", "unescape"},
    {GREETS, "smith", "smith gruesst Koeln", "REPLACED_LETTERS", "\"ue\" came for \"ü\"", ""},
    {GREETS, "smith", "smith grüßt Koeln", "REPLACED_LETTERS", "\"oe\" came for \"ö\"", ""},
    {GREETS, "", "smith gruesst Koeln", "REPLACED_LETTERS", "\"ue\" came for \"ü\"", ""},
    {GREETS, "smith", "smith grusst Koln", "REPLACED_LETTERS", "\"u\" came for \"ü\"", ""},
    {GREETS, "smith", "smith grust Koln", "REPLACED_LETTERS", "\"u\" came for \"ü\"", ""},
    {GREETS, "smith", "smith grut Koln", "REPLACED_LETTERS", "\"u\" came for \"ü\"", ""},
    {GREETS, "smith", "smith gr??t K?ln", "REPLACED_LETTERS", "\"?\" came for \"ü\"", "replace"},
    {GREETS, "smith", "smith grt Kln", "REPLACED_LETTERS", "nothing came for \"ü\"", "ignore"},
    {GREETS, "smith", "smith gr\xEF\xBF\xBD\xEF\xBF\xBDt K\xEF\xBF\xBDln", "REPLACED_LETTERS", "lost before",
     ""},
    {STREAM("{student} grüßt", "hex"), "smith", "736d697468206772c3bc", "MISSING_TEXT", "cut", "grüßt"},
    {STREAM("{student} grüßt", "hex"), "smith", "736d697468206772fcdf74", "LATIN1", "", ""},
    {STREAM("{student} grüßt", "hex"), "smith", "736d69746820677275657373 74", "HEX_WITH_SEPARATORS", "", ""},
    {STREAM("{student} grüßt", "hex"), "smith", "736d6974682067727565737374", "REPLACED_LETTERS", "", ""},
    {GREETS, "smith", "smith grübt Köln", "MISSPELT_TEXT", "", "grüßt Köln"},
    {GREETS, "smith", "smith grüβt Köln", "MISSPELT_TEXT",
     "character 10 of the text is another that looks alike, U+03B2", "grüßt Köln"},
    {GREETS, "smith", "smith grüät Köln", "MISSPELT_TEXT",
     "character 10 of the text is \"ä\" and must be \"ß\"", ""},
    {GREETS, "smith", "SMITH GRÜSST KÖLN", "WRONG_CASE", "", ""},
    {GREETS, "", "SMITH GRÜSST KÖLN", "WRONG_CASE", "", ""},
    {GREETS, "smith", "smith grüsst Köln", "REPLACED_LETTERS", "\"ss\" came for \"ß\"", ""},
    {GREETS, "smith", "grüßt smith Köln", "MISSPELT_TEXT", "in another order", "smith grüßt Köln"},
    {BASE64, "smith", "SSBhbSBzbWl0aC4=", "EXTRA_TEXT", "\".\" behind it", ""},
    {HEX, "", "20496d617320696d6874", "BYTE_SWAPPED", "each two bytes of the text", "xxd -p"},
    {HEX, "jones", "20496d616a206e6f7365", "BYTE_SWAPPED", "each two bytes of the text", ""},
    {HEX, "jane", "20496d616a206e610065", "BYTE_SWAPPED", "each two bytes of the text", ""},
    /* what pages have for blanks, and between letters */
    {GREETS, "smith", "smith\u00a0grüßt\u00a0Köln", "MISSPELT_TEXT",
     "character 6 of the text is another that looks", ""},
    {GREETS, "smith", "smith grüßt \u200bKöln", "MISSPELT_TEXT",
     "character 13 of the text is one that nobody sees", ""},
    {GREETS, "smith", "smith\tgrüßt\tKöln", "EXTRA_BLANKS", "a tab stands in the text", ""},
    {GREETS, "smith", "Smith grüßt köln", "WRONG_CASE", "differs in capital and small letters", ""},
    {ALONE, "smith", "smith\nsmith", "EXTRA_TEXT", "twice, one behind the other", ""},
    {ALONE, "smith", "flag{stream-sender.smith.k6ml-scg2-664r-saoq}", "EXTRA_TEXT", "a flag was sent here",
     "submit FLAG"},
    {BASE64, "smith", "SQ== YW0= c21pdGg=", "NOT_ENCODED", "blanks included, goes into Base64 at once", ""},
    {BASE64, "smith", "I am smith SSBhbSBzbWl0aA==", "NOT_ENCODED", "", ""},
    /* what shells and tools put around it, or make of it */
    {ALONE, "", "-n smith", "EXTRA_TEXT", "\"-n \" before it", ""},
    {ALONE, "fntg", "handle: fntg", "EXTRA_TEXT", "\"handle: \" before it", ""},
    {ALONE, "", "smith@kali", "EXTRA_TEXT", "\"@kali\" behind it", ""},
    {ALONE, "", "/home/smith", "EXTRA_TEXT", "\"/home/\" before it", ""},
    {ALONE, "", "smith,Anna,anna@example.org", "EXTRA_TEXT", "behind it", ""},
    {HEX, "smith", "unsigned char t[] = {\t0x49, 0x20, 0x61, 0x6d, 0x20, 0x73, 0x6d, 0x69, 0x74, 0x68 };",
     "XXD_DUMP", "", ""},
    {HEX, "", "49-20-61-6d-20-73-6d-69-74-68", "HEX_WITH_SEPARATORS", "", ""},
    {STREAM("{student}", "hex"), "", "73 66 75 65 65 76", "HEX_WITH_SEPARATORS", "", ""},
    {HEX, "smith", " 49 20 61 6d 20 73 6d 69 74 68", "HEX_WITH_SEPARATORS", "", ""},
    {HEX, "smith", "73 0 32 0 97 0 109 0 32 0 115 0 109 0 105 0 116 0 104 0", "WRONG_ENCODING", "numbers",
     ""},
    {HEX, "", "345330069362917075678312", "WRONG_ENCODING", "one number that is made of its bytes", "xxd -p"},
    {BASE64, "smith", "SSBh bSBz bWl0 aA==", "BASE64_WRAPPED", "blanks stand between", ""},
    {BASE64, "smith", "data:text/plain;base64,SSBhbSBzbWl0aA==", "EXTRA_TEXT",
     "more was sent than the Base64", "nothing before it"},
    {BASE64, "smith", "begin-base64 644 -\n", "EXTRA_TEXT", "the first line", ""},
    {ALONE, "smith", "\xEF\xBB\xBF\xEF\xBB\xBFsmith", "BYTE_ORDER_MARK", "", ""},
    {ALONE, "smith", "<handle>smith</handle>", "EXTRA_TEXT", "", ""},
    /* whatever was encoded, it is no name */
    {HEX, "", "789cf354484cce5628cecd2cc90000165703b1", "WRONG_VALUE", "", ""},
    {BASE64, "", "eJzzVEjMVSjOzSzJAAAO7QNw", "WRONG_VALUE", "", ""},
    /* what programs put around it, or in its place */
    {BASE64, "", "data:text/plain;base64,SSBhbSBzbWl0aA==", "EXTRA_TEXT", "more was sent than the Base64",
     ""},
    {HEX, "smith", "payload=4920616d20736d697468;", "EXTRA_TEXT",
     "with \"payload=\" before and \";\" behind it", ""},
    {HEX, "smith", "345330069362917075678312", "WRONG_ENCODING", "one number that is made of its bytes",
     "xxd -p"},
    {HEX, "smith", "['0x49', '0x20', '0x61', '0x6d', '0x20', '0x73', '0x6d', '0x69', '0x74', '0x68']",
     "HEX_WITH_SEPARATORS", "between or before the hex digits", ""},
    {HEX, "smith", "49", "MISSING_TEXT", "one letter came", "at once"},
    {HEX, "", "49", "MISSING_TEXT", "one letter came", "at once"},
    {STREAM("{student}", "hex"), "smith", "736d697468XXXXXXXXXX", "PLACEHOLDER",
     "behind the text stand 10 X: hping3 fills up", "-d 10"},
    {GREETS, "smith", "smith grü\u1e9et Köln", "WRONG_CASE", "", ""},
    {GREETS, "", "smith grü\u1e9et Köln", "WRONG_CASE", "", ""},
    {ALONE, "smith", "smith\r", "TRAILING_NEWLINE", "alone it ends no line", "ends a line"},
    {ALONE, "smith", "\n", "NO_PAYLOAD", "an empty line came", "not set"},
    {ALONE, "smith", "name", "PLACEHOLDER", "a variable's name", "name.encode()"},
    {ALONE, "smith", "None", "PLACEHOLDER", "was given no value", "print"},
    {HEX, "smith", "4920616d204e6f6e65", "PLACEHOLDER", "was given no value", "print"},
    {ALONE, "smith", "<class 'str'>", "PYTHON_REPR", "name of a thing", "parentheses"},
    {ALONE, "smith", "<built-in function input>", "PYTHON_REPR", "name of a thing", "parentheses"},
    {HEX, "smith", "940216d60237d6964786", "NIBBLES_SWAPPED", "hex digits are exchanged", ""},
};

static void check_bytes(const struct row *r, const struct rules *rules, const void *sent, size_t length)
{
    uint8_t storage[MESSAGE_HEADERS + 200];
    struct reasons reasons;
    struct packet p;
    struct verdict v;
    const struct finding *f;

    memcpy(storage + MESSAGE_HEADERS, sent, length);
    packet_of_message(&p, storage, length, true, STUDENT, 40000, TARGET, 5555);
    if (r->student[0])
        judge_packet_for(rules, &p, r->student, &v);
    else
        judge_packet(rules, &p, STUDENT, &v);
    CU_ASSERT_EQUAL(v.pass, !r->code[0]);
    reasons_begin(&reasons, rules, &p, &v);
    const struct diagnosis *d = reasons_first(&reasons, &f);
    const char *code = d ? d->code->name : "", *text = d ? d->text : "", *mend = d ? d->mend : "";
    const bool right = strcmp(code, r->code) == 0 && strstr(text, r->says) && strstr(mend, r->tries);
    CU_ASSERT_TRUE(right);
    if (!right)
        fprintf(stderr, "\"%s\" of %s: %s \"%s\" try \"%s\"\n", r->sent, r->student, code, text, mend);
}

static void check(const struct row *r, const struct rules *rules)
{
    check_bytes(r, rules, r->sent, strlen(r->sent));
}

static void each_wrong_text_is_told_as_what_it_is(void)
{
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        const struct tree_file file = {"one", ROWS[i].asked};
        struct tree tree;
        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        check(&ROWS[i], rulebook_at(tree.book, 0));
        tree_close(&tree);
    }
}

/* What sizeof counts, and a buffer into which nothing was written. */
static void what_c_sends_beside_the_text_is_told(void)
{
    static const struct {
        struct row row;
        const char *bytes;
        size_t length;
    } rows[] = {
        {{ALONE, "smith", "NUL", "TRAILING_NUL", "only NUL bytes came, 5", "encode()"}, "\0\0\0\0\0", 5},
        {{ALONE, "smith", "smith and more", "TRAILING_NUL", "what lay there", "strlen()"}, "smith\00017", 8},
        {{ALONE, "smith", "&text", "WRONG_VALUE", "look like an address in memory", "strlen(text)"},
         "\x04\xa0\xcc,\xc9U\0\0",
         8},
    };
    const struct tree_file file = {"one", ALONE};
    struct tree tree;

    tree_open(&tree, &file, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_bytes(&rows[i].row, rulebook_at(tree.book, 0), rows[i].bytes, rows[i].length);
    tree_close(&tree);
}

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
static const char PAD[] =
    "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
    "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word, k: hex}\n  say: \"{k}\"\n"
    "- say: {text: \"{w}\", encoding: hex}\n- expect: {payload: {text: \"{w}\"}}\n";
static const char PLUS[] = "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n"
                           "- expect: {payload: {text: \"{student}\"}}\n  draw: {n: u16}\n  say: \"{n}\"\n"
                           "- expect: {payload: {bound: n, plus: 7}}\n";
static const struct row IN_A_TRY[] = {
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

/* Bytes of two lines, the word in the second. */
enum { LINE = 8, HEX_LINE = 16 };

static size_t joined(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    memcpy(out, line, LINE);
    memcpy(out + LINE, word, LINE);
    return (size_t)LINE * 2;
}

static size_t cut(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    (void)word;
    memcpy(out, line, LINE / 2);
    return LINE / 2;
}

static size_t xored(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    for (size_t i = 0; i < LINE; i++)
        out[i] = line[i] ^ word[i];
    return LINE;
}

/* Whatever the line is, at least one byte of it is no text: the caller sees to that. */
static size_t replaced(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    size_t n = 0;

    (void)word;
    for (size_t i = 0; i < LINE; i++)
        if (line[i] < 0x80) {
            out[n++] = line[i];
        } else {
            memcpy(out + n, "\xEF\xBF\xBD", 3);
            n += 3;
        }
    return n;
}

static size_t latin1(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    size_t n = 0;

    (void)word;
    for (size_t i = 0; i < LINE; i++) {
        if (line[i] >= 0x80)
            out[n++] = line[i] < 0xC0 ? 0xC2 : 0xC3;
        out[n++] = line[i] < 0xC0 ? line[i] : line[i] - 0x40;
    }
    return n;
}

static size_t ascii(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    size_t n = 0;

    (void)word;
    for (size_t i = 0; i < LINE; i++)
        if (line[i] < 0x80)
            out[n++] = line[i];
    return n;
}

static size_t shown(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    const bool single = memchr(line, '\'', LINE), twice = memchr(line, '"', LINE);
    const char quote = single && !twice ? '"' : '\'';
    char text[LINE * 4 + 4];
    size_t n = 0;

    (void)word;
    text[n++] = 'b';
    text[n++] = quote;
    for (size_t i = 0; i < LINE; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n,
                              line[i] == '\\' || line[i] == quote ? "\\%c"
                              : line[i] >= 0x20 && line[i] < 0x7F ? "%c"
                                                                  : "\\x%02x",
                              line[i]);
    text[n++] = quote;
    memcpy(out, text, n);
    return n;
}

static size_t shown_inside(const uint8_t *line, const uint8_t *word, uint8_t *out)
{
    const size_t n = shown(line, word, out) - 3;

    memmove(out, out + 2, n);
    return n;
}

/* Enough of it is text that what is left of it when the rest is lost is no matter of chance; and what is left
 * is not its beginning. */
static bool is_fit(const uint8_t *line, const uint8_t *word)
{
    size_t text = 0;

    for (size_t i = 0; i < LINE; i++) {
        text += line[i] < 0x80;
        if (line[i] < 0x20 || (line[i] ^ word[i]) < 0x20)
            return false;
    }
    return text >= LINE / 2 && line[0] >= 0x80;
}

static void what_a_program_made_of_two_lines_is_told(void)
{
    static const struct {
        struct row row;
        size_t (*make)(const uint8_t *line, const uint8_t *word, uint8_t *out);
    } rows[] = {
        {{PAD, "smith", "both lines", "SWAPPED_WITH", "decoded as one", "each by itself"}, joined},
        {{PAD, "smith", "cut", "SWAPPED_WITH", "the beginning of another line", "each by itself"}, cut},
        {{PAD, "smith", "xor", "SWAPPED_WITH", "XORed", "each by itself"}, xored},
        {{PAD, "smith", "replace", "SWAPPED_WITH", "letters were lost", "each by itself"}, replaced},
        {{PAD, "smith", "latin1", "SWAPPED_WITH", "decoded as Latin-1", "each by itself"}, latin1},
        {{PAD, "smith", "ignore", "SWAPPED_WITH", "errors='ignore'", "each by itself"}, ascii},
        {{PAD, "smith", "repr", "SWAPPED_WITH", "as Python shows bytes", "each by itself"}, shown},
        {{PAD, "smith", "repr[2:-1]", "SWAPPED_WITH", "as Python shows bytes", "each by itself"},
         shown_inside},
    };
    const struct tree_file file = {"one", PAD};
    struct filled *filled = filled_new();
    uint8_t storage[MESSAGE_HEADERS + 8] = {0}, line[LINE], word[LINE], out[LINE * 4 + 4];
    struct packet p;
    struct tree tree;
    struct talk talk;
    struct buf said;

    tree_open(&tree, &file, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *book = rulebook_at(tree.book, 0);
    packet_of_message(&p, storage, 0, true, STUDENT, 40000, TARGET, 5555);
    do { /* bytes that are drawn: some that are no text, no line end among them */
        buf_init(&said, 1000);
        talk_begin(&talk);
        talk_go(&talk, book, 0, &said);
        talk_hear(&talk, filled_make(filled, book, &talk), &p, "smith");
        talk_go(&talk, book, 0, &said);
        CU_ASSERT_FATAL(strlen(buf_text(&said)) > 2 * HEX_LINE);
        hex_decode(line, LINE, buf_text(&said), HEX_LINE);
        hex_decode(word, LINE, buf_text(&said) + HEX_LINE + 1, HEX_LINE);
        buf_free(&said);
    } while (!is_fit(line, word));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const size_t n = rows[i].make(line, word, out);
        check_bytes(&rows[i].row, filled_make(filled, book, &talk), out, n);
    }
    filled_free(filled);
    tree_close(&tree);
}

static void check_in_a_try(const struct row *r)
{
    const struct tree_file file = {"one", r->asked};
    struct filled *filled = filled_new();
    uint8_t storage[MESSAGE_HEADERS + 8] = {0};
    char text[200];
    struct packet p;
    struct tree tree;
    struct talk talk;
    struct buf said;
    struct row row = *r;

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
    fill(r->sent, buf_text(&said), text, sizeof(text));
    row.sent = text;
    check(&row, filled_make(filled, book, &talk));
    buf_free(&said);
    filled_free(filled);
    tree_close(&tree);
}

/* The answer to the first round's word, in the second round, as whoever answers twice sends it. */
static void an_earlier_rounds_word_is_named_as_such(void)
{
    static const char rounds[] =
        "kind: stream\nlisten: {tcp.dstport: 5555}\nsteps:\n- expect: {payload: {text: \"{student}\"}}\n"
        "- repeat: 3\n  steps:\n  - draw: {w: word}\n    say: \"{w}\"\n"
        "  - expect: {payload: {text: \"{student} received {w}\"}}\n";
    const struct tree_file file = {"one", rounds};
    struct filled *filled = filled_new();
    uint8_t storage[MESSAGE_HEADERS + 8] = {0};
    char text[200];
    struct packet p;
    struct tree tree;
    struct talk talk;
    struct buf said;

    tree_open(&tree, &file, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
    const struct rules *book = rulebook_at(tree.book, 0);
    buf_init(&said, 1000);
    packet_of_message(&p, storage, 0, true, STUDENT, 40000, TARGET, 5555);
    talk_begin(&talk);
    for (int i = 0; i < 3; i++) {
        talk_go(&talk, book, 0, &said);
        if (i == 1)
            snprintf(text, sizeof(text), "smith received %.8s", buf_text(&said));
        if (i < 2)
            talk_hear(&talk, filled_make(filled, book, &talk), &p, "smith");
    }
    CU_ASSERT_EQUAL(talk.round, 1);
    const char *second = strchr(buf_text(&said), '\n') + 1;
    for (int blank = 0; blank < 2; blank++) {
        char both[200];
        snprintf(both, sizeof(both), "smith received %s%s%.8s", text + strlen("smith received "),
                 blank ? " " : "", second);
        const struct row collected = {rounds,
                                      "smith",
                                      both,
                                      "WRONG_VALUE",
                                      ", round 1's word, stands in it beside the one of this round",
                                      "each answer anew"};
        check(&collected, filled_make(filled, book, &talk));
    }
    const struct row row = {rounds,
                            "smith",
                            text,
                            "WRONG_VALUE",
                            "is round 1's word, and this is round 2: an answer came twice, or late",
                            "answer it once"};
    check(&row, filled_make(filled, book, &talk));
    buf_free(&said);
    filled_free(filled);
    tree_close(&tree);
}

static void a_part_that_was_told_is_told_apart_from_the_rest(void)
{
    for (size_t i = 0; i < sizeof(IN_A_TRY) / sizeof(IN_A_TRY[0]); i++)
        check_in_a_try(&IN_A_TRY[i]);
}

/* Only what is seen as itself: no control character, no blank, no hyphen that is not there. */
static void letters_that_a_terminal_shows_are_shown(void)
{
    static const struct {
        const char *text;
        size_t bytes;
    } rows[] = {{"\xC3\xBC", 2}, {"\xC5\xBF", 2}, {"\xE2\x82\xAC", 3}, {"\xC2\xA1", 2},
                {"\xC2\xA0", 0}, {"\xC2\xAD", 0}, {"\xC2\x9B", 0},     {"\xC6\x80", 0},
                {"\xC3", 0},     {"\xFC", 0},     {"\xE2\x80\xAE", 0}, {"u", 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(letters_shown((const uint8_t *)rows[i].text, strlen(rows[i].text)), rows[i].bytes);
}

static const struct unit_case cases[] = {
    {"letters_that_a_terminal_shows_are_shown", letters_that_a_terminal_shows_are_shown},
    {"an_earlier_rounds_word_is_named_as_such", an_earlier_rounds_word_is_named_as_such},
    {"what_c_sends_beside_the_text_is_told", what_c_sends_beside_the_text_is_told},
    {"what_a_program_made_of_two_lines_is_told", what_a_program_made_of_two_lines_is_told},
    {"a_part_that_was_told_is_told_apart_from_the_rest", a_part_that_was_told_is_told_apart_from_the_rest},
    {"each_wrong_text_is_told_as_what_it_is", each_wrong_text_is_told_as_what_it_is},
};
extern const struct unit_group text_cases;
UNIT_GROUP(text_cases, cases);
