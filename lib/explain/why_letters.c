/* Bytes that are not in the encoding that is asked for: which of them, and why. */
#include <string.h>

#include "explain/words.h"
#include "judge/text.h"

/* Where Base64 breaks off: the sentence for letters that are all of the alphabet. */
static void say_groups(const struct suspect *s, size_t length, struct diagnosis *d)
{
    size_t letters = length, pad;

    while (letters && s->bytes[letters - 1] == '=')
        letters--;
    pad = length - letters;
    if (memchr(s->bytes, '=', letters))
        suspect_say(d, "this is not valid Base64: a = stands before its end");
    else if (length % 4)
        suspect_say(d, "this is not valid Base64: %zu characters, padding included, are no groups of four",
                    length);
    else if (pad > 2)
        suspect_say(d, "this is not valid Base64: it ends in %zu =, and two are the most", pad);
    else if (pad)
        suspect_say(d, "this is not valid Base64: its last letter, \"%c\", holds bits that belong to no byte",
                    s->bytes[letters - 1]);
    else
        suspect_say(d, "%zu characters of Base64: too long a text", length);
}

/* Why the bytes are not in the encoding that is asked for: told when no usual mistake explains them. */
enum fit why_letters_invalid(const struct suspect *s, struct diagnosis *d)
{
    static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    uint8_t text[TEXT_MAX];
    size_t length, i = 0;

    if (!words_judged(s, &length) || s->clause->encoding == ENCODING_UTF8 ||
        words_of(s)->kind == WORDING_RIGHT || words_of(s)->other ||
        text_decode(s->clause->encoding, false, s->bytes, length, text) >= 0)
        return FIT_NONE;
    bool hex = s->clause->encoding == ENCODING_HEX;
    const char *digits = hex ? "0123456789abcdefABCDEF" : BASE64, *name = hex ? "hex" : "Base64";
    while (i < length && s->bytes[i] && strchr(digits, s->bytes[i]))
        i++;
    if (i < length && s->bytes[i] > 0x20 && s->bytes[i] < 0x7F)
        suspect_say(d, "this is not valid %s: character %zu is \"%c\"", name, i + 1, s->bytes[i]);
    else if (i < length)
        suspect_say(d, "this is not valid %s: byte %zu is 0x%02x", name, i + 1, s->bytes[i]);
    else if (hex)
        suspect_say(d,
                    length % 2 ? "%zu hex digits: an odd number, two make a byte"
                               : "%zu hex digits: too long a text",
                    length);
    else
        say_groups(s, length, d);
    words_mend_encoding(s, d);
    return words_lost(s) ? words_fit(s) : FIT_WEAK;
}
