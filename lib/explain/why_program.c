/* Texts that a program made which was copied, or went wrong, known by their form alone: told when nothing
 * else explains them. */
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "explain/said.h"
#include "explain/words.h"
#include "judge/near.h"
#include "judge/peel.h"
#include "judge/rules_private.h"
#include "judge/text.h"

/* The receivers that the course shows answer everybody so, whatever was received. */
static bool says_demo(const uint8_t *bytes, size_t length, struct diagnosis *d)
{
    static const char *const answers[] = {"Connected to TCP Server on port ",
                                          "Message received by the UDP Message Server!"};

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (length < strlen(answers[i]) || memcmp(bytes, answers[i], strlen(answers[i])) != 0)
            continue;
        suspect_say(d, "this is what the course's receiver answers as it stands, whatever was received");
        suspect_mend(d, "make the answer behind recv(), of what came: b'HANDLE received ' + data");
        return true;
    }
    return false;
}

/* The word that was told, taken for Base64 once more; Python's decoder leaves off what is no whole group. */
static bool says_decoded_again(const struct suspect *s, const uint8_t *bytes, size_t length,
                               struct diagnosis *d)
{
    const char *want = words_of(s)->want;
    uint8_t again[WORDING_SHOWN];
    const size_t letters = strlen(want) / 4 * 4;

    if (!s->clause->unfilled || !letters || letters > sizeof(again))
        return false;
    const ptrdiff_t n = base64_decode(again, sizeof(again), want, letters);
    if (n <= 0 || (size_t)n != length || memcmp(again, bytes, length) != 0)
        return false;
    suspect_say(d, "it is what Base64 makes of the word itself: it was decoded twice");
    suspect_mend(d, "decode once: b64decode(line) is the word already");
    return true;
}

/* As many bytes as a digest has, in Base64, and no text. */
static bool says_digest(const struct suspect *s, const uint8_t *bytes, size_t length, struct diagnosis *d)
{
    static const uint8_t sizes[] = {16, 20, 28, 32, 48, 64};
    uint8_t out[64 + 3];
    const ptrdiff_t n = length <= 88 ? base64_decode(out, sizeof(out), (const char *)bytes, length) : -1;

    if (n <= 0 || !memchr(sizes, (int)n, sizeof(sizes)) || utf8_valid(out, (size_t)n))
        return false;
    suspect_say(
        d, "%td bytes in Base64 that are no text: a digest, as openssl dgst makes, or what a key made", n);
    words_mend_encoding(s, d);
    return true;
}

/* Eight bytes as a pointer of a 64-bit machine has them, the upper two 0, where the program or its stack
 * lies. */
static bool is_pointer(const uint8_t *bytes, size_t length)
{
    enum { POINTER = 8, PROGRAM = 0x55, PROGRAM_TOO = 0x56, STACK = 0x7F, BELOW_STACK = 0x7E };

    return length == POINTER && !bytes[7] && !bytes[6] &&
           (bytes[5] == PROGRAM || bytes[5] == PROGRAM_TOO || bytes[5] == STACK || bytes[5] == BELOW_STACK);
}

/* ./a.out, /tmp/x, client.py */
static bool is_path(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;

    for (size_t i = 0; i < length; i++)
        if (bytes[i] <= ' ' || bytes[i] > '~')
            return false;
    return (length > 2 && memcmp(text, "./", 2) == 0) ||
           (length > 3 && memcmp(text + length - 3, ".py", 3) == 0) ||
           (length > 4 && memcmp(text + length - 4, ".txt", 4) == 0) ||
           (length > 2 && text[0] == '/' && text[1] != '/');
}

/* What nobody typed: bytes of a number, or of an address in memory, whole or as many as the text has. */
static bool says_no_letters(const struct suspect *s, const uint8_t *bytes, size_t length, struct diagnosis *d)
{
    enum { LEAST = 3, MOST = 8 };

    if (is_pointer(s->bytes, s->length)) {
        suspect_say(d, "these 8 bytes look like an address in memory: the pointer was sent, not its text");
        suspect_mend(d, "send(s, text, strlen(text), 0): no & before it, and no sizeof");
        return true;
    }
    if (s->clause->unfilled || s->clause->encoding != ENCODING_UTF8 || length < LEAST || length > MOST ||
        peel_reads(bytes, length) || (utf8_valid(bytes, length) && bytes[0] >= ' '))
        return false;
    suspect_say(d,
                "these %zu bytes are no text, but a number's: packed, or in C of an address, which &text of "
                "a char * gives",
                length);
    suspect_mend(d, "send(s, text, strlen(text), 0): no & before it, and no struct.pack");
    return true;
}

static bool says_file_or_digest(const struct suspect *s, const uint8_t *bytes, size_t length,
                                struct diagnosis *d)
{
    if (near_is_digest(bytes, length)) {
        suspect_say(
            d,
            "%zu hex digits that decode to no text: a digest, as md5sum or sha256sum prints, of which "
            "nobody can read the text",
            s->length);
        words_mend_encoding(s, d);
        return true;
    }
    uint8_t text[TEXT_MAX];
    const ptrdiff_t n = s->clause->encoding == ENCODING_UTF8
                            ? -1
                            : text_decode(s->clause->encoding, s->clause->trim, s->bytes, s->length, text);
    if (!is_path(bytes, length) && (n <= 0 || !is_path(text, trim_newline(text, (size_t)n))))
        return false;
    suspect_say(d, "this looks like the name of a program or a file: argv[0], perhaps, and no text");
    suspect_mend(d, "argv[1] is what stands first behind the program's name");
    return true;
}

/* RFC 1952, section 2.3.1; RFC 1950, section 2.2: deflate, a window up to 32 KiB, no dictionary. */
static bool says_compressed(const uint8_t *bytes, size_t length, struct diagnosis *d)
{
    enum { LEAST = 8, DEFLATE_32K = 0x78, CHECK = 31 };
    const bool gzip = length > LEAST && memcmp(bytes, "\x1F\x8B\x08", 3) == 0;
    const bool zlib = length > LEAST && bytes[0] == DEFLATE_32K && (bytes[1] & 0x20) == 0 &&
                      (bytes[0] * 256 + bytes[1]) % CHECK == 0;

    if (!gzip && !zlib)
        return false;
    suspect_say(d, "the text was compressed: this is how what %s makes begins",
                gzip ? "gzip" : "zlib.compress()");
    suspect_mend(d, "send text.encode() as it is, without %s", gzip ? "gzip" : "zlib");
    return true;
}

/* "Salted__", with which what openssl enc makes with a password begins, in Base64. */
static bool says_encrypted(const struct suspect *s, const uint8_t *bytes, size_t length, struct diagnosis *d)
{
    static const char salted[] = "U2FsdGVkX1";

    if (length < sizeof(salted) || memcmp(bytes, salted, strlen(salted)) != 0)
        return false;
    suspect_say(d, "this is encrypted, as openssl enc does with a password: nobody can read it without that");
    words_mend_encoding(s, d);
    return true;
}

/* Nothing but letters, and what takes one back. */
static bool is_typed(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((bytes[i] < ' ' && bytes[i] != '\b') || bytes[i] > 0x7F)
            return false;
    return true;
}

/* ECMA-48, section 8.3: what keys without a letter send; nc hands it on as it came. */
bool why_keys_says(const struct suspect *s, struct diagnosis *d)
{
    enum { ESC = 0x1B };
    size_t length;

    if (!words_judged(s, &length) || !utf8_valid(s->bytes, length))
        return false;
    if (memmem(s->bytes, length, "\x1b[200~", 6)) {
        suspect_say(d,
                    "the terminal's marks of pasted text came along, 1b [200~ before and 1b [201~ behind it: "
                    "nobody sees them");
        suspect_mend(d, "type it, or printf TEXT | nc");
        return true;
    }
    if (s->clause->encoding == ENCODING_UTF8 && length > 1 &&
        (memchr(s->bytes, 0x7F, length) || memchr(s->bytes, '\b', length)) && is_typed(s->bytes, length)) {
        suspect_say(d,
                    "backspace was pressed, and its byte, %s, was sent with the text: nothing took a letter "
                    "back",
                    memchr(s->bytes, 0x7F, length) ? "7f" : "08");
        suspect_mend(d, "type it anew without a mistake, or printf TEXT | nc");
        return true;
    }
    for (size_t i = 0; i + 2 < length; i++)
        if (s->bytes[i] == ESC && (s->bytes[i + 1] == '[' || s->bytes[i + 1] == 'O')) {
            suspect_say(d,
                        "a key without a letter was pressed, an arrow perhaps: its bytes, 1b %02x %02x, were "
                        "sent with the text",
                        s->bytes[i + 1], s->bytes[i + 2]);
            suspect_mend(d, "type it anew: nc edits no line, and backspace alone takes something back; or "
                            "printf TEXT | nc");
            return true;
        }
    return false;
}

bool why_program_says(const struct suspect *s, struct diagnosis *d)
{
    size_t length;

    return words_judged(s, &length) &&
           (says_compressed(s->bytes, length, d) || says_encrypted(s, s->bytes, length, d) ||
            says_file_or_digest(s, s->bytes, length, d) || says_no_letters(s, s->bytes, length, d) ||
            says_demo(s->bytes, length, d) || says_decoded_again(s, s->bytes, length, d) ||
            says_digest(s, s->bytes, length, d));
}
