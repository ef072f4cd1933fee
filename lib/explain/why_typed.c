/* Texts that were meant for something else than to be sent here: a word of the briefing, a command, a piece
 * of a program, an address. Known by their form alone. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "explain/said.h"
#include "explain/words.h"
#include "judge/rules_private.h"

/* The briefing's words (targets/briefing/line.c) that are no text of anything else, and whether a name stands
 * behind them. */
static const struct {
    const char *word;
    bool named;
} BRIEFING[] = {{"help", false},  {"list", false},  {"read", true},   {"tries", true}, {"seen", false},
                {"listen", true}, {"flags", false}, {"again", false}, {"quit", false}};

static bool is_briefing(const char *word, size_t n, bool *named)
{
    for (size_t i = 0; i < sizeof(BRIEFING) / sizeof(BRIEFING[0]); i++)
        if (strlen(BRIEFING[i].word) == n && strncasecmp(BRIEFING[i].word, word, n) == 0) {
            *named = BRIEFING[i].named;
            return true;
        }
    return false;
}

static bool is_challenge(const struct rules *rules, const char *name, size_t n)
{
    for (size_t i = 0; i < rules->course->n_challenges; i++)
        if (strlen(rules->course->challenges[i].slug) == n &&
            strncasecmp(rules->course->challenges[i].slug, name, n) == 0)
            return true;
    return false;
}

/* Not where it is somebody's handle. */
static bool says_briefing(const struct suspect *s, const char *text, size_t length, struct diagnosis *d)
{
    const char *student = s->verdict->student, *blank = memchr(text, ' ', length);
    const size_t n = blank ? (size_t)(blank - text) : length;
    bool named;

    if (!s->rules->class->briefing || !is_briefing(text, n, &named) ||
        (strlen(student) == n && strncasecmp(student, text, n) == 0) ||
        (blank && !(named && is_challenge(s->rules, blank + 1, length - n - 1))))
        return false;
    suspect_say(d, "\"%.*s\" is a word of the briefing, which is at TCP port %u: this port is a challenge's",
                (int)n, text, s->rules->class->briefing);
    suspect_mend(d, "nc TARGET %u, and the word there; here the text that the challenge asks for",
                 s->rules->class->briefing);
    return true;
}

/* printf("%p") in C, hex(id(text)) in Python: an address of a 64-bit machine, of the program or its stack. */
static bool says_pointer(const char *text, size_t length, struct diagnosis *d)
{
    enum { DIGITS = 12 };
    static const char *const begins[] = {"0x7f", "0x7e", "0x55", "0x56"};

    if (length != DIGITS + 2)
        return false;
    for (size_t i = 2; i < length; i++)
        if (!strchr("0123456789abcdef", text[i]))
            return false;
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (memcmp(text, begins[i], strlen(begins[i])) == 0) {
            suspect_say(d,
                        "this looks like an address in memory, as \"%%p\" or Python's hex(id()) prints one: "
                        "not the text that lies there");
            suspect_mend(d, "in C \"%%s\" and the char * itself; in Python the variable, without id()");
            return true;
        }
    return false;
}

/* The target's address, and perhaps a port: alone, or behind the name of a program that connects. */
static bool says_address(const struct suspect *s, const char *text, size_t length, struct diagnosis *d)
{
    static const char *const programs[] = {"nc ", "ncat ", "telnet ", "netcat ", "socat "};
    char address[IPADDR_TEXT_SIZE];
    const ipaddr target = packet_dst(s->packet);

    if (!target)
        return false;
    ipaddr_text(target, address);
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        if (length > strlen(programs[i]) && memcmp(text, programs[i], strlen(programs[i])) == 0 &&
            memmem(text, length, address, strlen(address))) {
            suspect_say(d, "the command itself came as the text: it was typed into a program that was "
                           "connected already");
            suspect_mend(d, "type the command at the shell's prompt, and then the text alone");
            return true;
        }
    const size_t n = strlen(address);
    if (length < n || memcmp(text, address, n) != 0)
        return false;
    for (size_t i = n; i < length; i++)
        if (!strchr("0123456789 :,", text[i]))
            return false;
    suspect_say(d, "the target's address was sent as the text: it says where to, and stands in the command");
    suspect_mend(d, "nc TARGET PORT, or connect((target, port)); then the text alone is sent");
    return true;
}

/* A call that makes the text, in quotes: it came as it is written. */
static bool says_code(const char *text, size_t length, struct diagnosis *d)
{
    static const char *const calls[] = {"b64encode(",     ".encode(",   ".hex(",
                                        "bytes.fromhex(", "b64decode(", ".decode("};

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (text[length - 1] == ')' && memmem(text, length, calls[i], strlen(calls[i]))) {
            suspect_say(d, "a piece of a program came as it is written, \"%s...\": it was not run", calls[i]);
            suspect_mend(d, "the call itself, without quotes around it: s.sendall(text.encode())");
            return true;
        }
    return false;
}

/* What Python says of an exception. */
static bool says_error(const char *text, size_t length, struct diagnosis *d)
{
    static const char *const errors[] = {"non-hexadecimal number found in fromhex()",
                                         "Incorrect padding",
                                         "Invalid base64-encoded string",
                                         "invalid literal for int()",
                                         "codec can't decode",
                                         "codec can't encode",
                                         "Traceback (most recent call last)",
                                         "Odd-length string",
                                         "Non-hexadecimal digit found"};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        if (length >= strlen(errors[i]) && memmem(text, length, errors[i], strlen(errors[i]))) {
            suspect_say(d, "an error of your own program was sent as the text: \"%s\"", errors[i]);
            suspect_mend(d, "no str(e) is sent: let the error end the program, and read where it was");
            return true;
        }
    return false;
}

bool why_typed_says(const struct suspect *s, struct diagnosis *d)
{
    const char *text = (const char *)s->bytes;
    size_t length;

    if (!words_judged(s, &length))
        return false;
    /* on a terminal a line end is soon sent along */
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r' || text[length - 1] == ' '))
        length--;
    return length &&
           (says_briefing(s, text, length, d) || says_pointer(text, length, d) ||
            says_address(s, text, length, d) || says_code(text, length, d) || says_error(text, length, d));
}
