/* What is told first of a text that is not the one asked for. */
#include "unit.h"

#include "text_row.h"

#include <string.h>

#include "tree.h"

#define STREAM(text, encoding)                                                                               \
    "kind: stream\nlisten: {tcp.dstport: 5555}\nexpect:\n  payload: {text: \"" text                          \
    "\", encoding: " encoding "}\n"
#define ALONE STREAM("{student}", "utf-8")
#define HEX STREAM("I am {student}", "hex")
#define BASE64 STREAM("I am {student}", "base64")
#define GREETS STREAM("{student} grüßt Köln", "utf-8")

static const struct text_row ROWS[] = {
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
    {ALONE, "smith", "HTTP/1.1 200 OK\r\n", "HTTP_REQUEST", "the status line of a web server's answer",
     "no http.server"},
    {GREETS, "smith", "HTTP/1.0 200 OK\r\nContent-Length: 22\r\n\r\nsmith grüßt Köln", "HTTP_REQUEST",
     "status line", "c.sendall(answer)"},
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
    {ALONE, "smith", "smiht\x1b[D\x1b[Dth\n", "EXTRA_TEXT", "1b 5b 44, were sent with", "printf TEXT"},
    {GREETS, "smith", "smith gr\x1b[C grüßt Köln", "EXTRA_TEXT", "a key without a letter", ""},
    {ALONE, "smith", "\x1bOAsmith", "EXTRA_TEXT", "1b 4f 41", "backspace"},
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
    /* b'...' around the handle alone */
    {BASE64, "smith", "SSBhbSBiJ3NtaXRoJw==", "PYTHON_REPR", "the handle inside", "handle.decode()"},
    {HEX, "smith", "4920616d206227736d69746827", "PYTHON_REPR", "the handle inside", ""},
    {HEX, "smith", "4920616d206227736d6974685c6e27", "PYTHON_REPR", "the handle inside", ""},
    {GREETS, "smith", "b'smith' grüßt Köln", "PYTHON_REPR", "the handle inside", ""},
    {GREETS, "smith", "b\"smith\" grüßt Köln", "PYTHON_REPR", "the handle inside", ""},
    {GREETS, "smith", "bob'smith' grüßt Köln", "EXTRA_TEXT", "", ""},
    /* what was typed, and not what it decodes to */
    {BASE64, "smith", "SSBhbSBzbWlOaA==", "MISSPELT_TEXT",
     "character 12 of the Base64 is \"O\" and must be \"0\"", "do not type it"},
    {BASE64, "smith", "SSBhbSBzbW10aA==", "MISSPELT_TEXT",
     "character 11 of the Base64 is \"1\" and must be \"l\"", ""},
    {BASE64, "smith", "SSBhbSBzbWl1aA==", "MISSPELT_TEXT", "of the text", ""},
    /* [2:-1] */
    {BASE64, "smith", "BhbSBzbWl0aA=", "MISSING_TEXT", "[2:-1] takes b' and '", "data.decode()"},
    {HEX, "smith", "20616d20736d69746", "MISSING_TEXT", "[2:-1] takes b' and '", "data.decode()"},
    /* pieces of it */
    {BASE64, "", "SSBh", "MISSING_TEXT", "is cut, sent in pieces", ""},
    {ALONE, "", "5", "MISSING_TEXT", "the number that send() or len() returns", ""},
    /* what a terminal sends along */
    {ALONE, "smith", "\x1b[200~smith\x1b[201~\n", "EXTRA_TEXT", "marks of pasted text", "printf TEXT"},
    {ALONE, "smith", "smiht\x7f\x7fth\n", "EXTRA_TEXT", "backspace was pressed, and its byte, 7f",
     "printf TEXT"},
    {ALONE, "smith", "\\x73\\x6d\\x69\\x74\\x68", "WRONG_ENCODING", "escapes, \\x73 and so on", "echo -e"},
    {HEX, "smith", "00000000: 6d612049 696d7320     6874           I am smith\n", "XXD_DUMP", "xxd -e",
     "xxd -p"},
    /* what was meant for something else */
    {ALONE, "jones", "help", "WRONG_VALUE", "\"help\" is a word of the briefing, which is at TCP port",
     "the word there"},
    {ALONE, "jones", "seen\n", "WRONG_VALUE", "is a word of the briefing", ""},
    {ALONE, "jones", "read one\n", "WRONG_VALUE", "\"read\" is a word of the briefing", ""},
    {ALONE, "jones", "read two\n", "WRONG_VALUE", "another text", ""},
    {ALONE, "list", "list", "", "", ""},
    {HEX, "list", "list", "NOT_ENCODED", "", ""},
    {ALONE, "jones", "0x7ffd3c2a1b90", "WRONG_VALUE", "an address in memory, as \"%p\"", "%s"},
    {HEX, "jones", "0x7f3a5c1d2e30", "WRONG_VALUE", "an address in memory", ""},
    {ALONE, "jones", "172.16.1.15 1111\n", "WRONG_VALUE", "the target's address", "connect((target, port))"},
    {ALONE, "jones", "nc 172.16.1.15 1111\n", "WRONG_VALUE", "the command itself", "prompt"},
    {BASE64, "smith", "base64.b64encode(b'I am smith')", "WRONG_VALUE", "b64encode(...", "without quotes"},
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

static void each_wrong_text_is_told_as_what_it_is(void)
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

/* What sizeof counts, and a buffer into which nothing was written. */
static void what_c_sends_beside_the_text_is_told(void)
{
    static const struct {
        struct text_row row;
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
        text_check_bytes(&rows[i].row, rulebook_at(tree.book, 0), rows[i].bytes, rows[i].length);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"what_c_sends_beside_the_text_is_told", what_c_sends_beside_the_text_is_told},
    {"each_wrong_text_is_told_as_what_it_is", each_wrong_text_is_told_as_what_it_is},
};
extern const struct unit_group text_cases;
UNIT_GROUP(text_cases, cases);
