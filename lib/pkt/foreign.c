/* A wrong file is mostly a right one in another form: the sentence names the form and the command. */
#include "pkt/foreign.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"

enum { TEXT_LOOKED_AT = 1 << 16, WORD_SIZE = 400 };

/* ADD A KIND OF FILE HERE: its first bytes, what it is, and the command around its name. */
struct known {
    const char *magic;
    size_t length;
    const char *name;
    const char *before, *after; /* NULL: nothing makes a capture of it */
};

static const struct known KINDS[] = {
    {"\x28\xB5\x2F\xFD", 4, "packed by zstd", "zstd -dc", " > mine.pcap"},
    {"\x04\x22\x4D\x18", 4, "packed by lz4", "lz4 -dc", " > mine.pcap"},
    {"\xFD\x37zXZ", 5, "packed by xz", "xz -dc", " > mine.pcap"},
    {"BZh", 3, "packed by bzip2", "bzip2 -dc", " > mine.pcap"},
    {"PK\x03\x04", 4, "a zip archive", "unzip -p", " > mine.pcap"},
    {"\x1F\x8B\x08", 3, "packed by gzip", "gzip -dc", " > mine.pcap"},
    {"snoop\0\0\0", 8, "in snoop's form", "editcap", " mine.pcap"},
    {"\x34\xCD\xB2\xA1", 4, "a pcap file with longer packet headers", "editcap", " mine.pcap"},
    {"\xA1\xB2\xCD\x34", 4, "a pcap file with longer packet headers", "editcap", " mine.pcap"},
    {"GMBU", 4, "in Network Monitor's form", "editcap", " mine.pcap"},
    {"\xFF\xD8\xFF", 3, "a JPEG picture", NULL, NULL},
    {"\x89PNG", 4, "a PNG picture", NULL, NULL},
    {"GIF8", 4, "a GIF picture", NULL, NULL},
    {"%PDF", 4, "a PDF document", NULL, NULL},
    {"\x7F\x45LF", 4, "a program", NULL, NULL},
};

/* A dump does not say its link type: what begins as an IP header does is taken for one, else for Ethernet. */
static const struct known DUMPS[2][2] = {
    {{NULL, 0, "a hex dump", "text2pcap", " mine.pcap"},
     {NULL, 0, "a hex dump", "text2pcap -l 101", " mine.pcap"}},
    {{NULL, 0, "xxd's hex dump", "xxd -r", " | od -Ax -tx1 -v | text2pcap - mine.pcap"},
     {NULL, 0, "xxd's hex dump", "xxd -r", " | od -Ax -tx1 -v | text2pcap -l 101 - mine.pcap"}},
};
static const struct known EMPTY = {NULL, 0, "empty", NULL, NULL};
static const struct known TEXT = {NULL, 0, "text, as `tcpdump > FILE` makes it", NULL, NULL};
static const struct known OTHER = {NULL, 0, "neither pcap nor pcapng", NULL, NULL};

static bool is_text(struct cursor c)
{
    for (size_t i = 0; i < c.left; i++)
        if (c.at[i] < ' ' && (c.at[i] < '\t' || c.at[i] > '\r') && c.at[i] != '\033')
            return false;
    return true;
}

static const uint8_t *blanks(const uint8_t *at, const uint8_t *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* The kind of dump whose first line this is: an offset of 0 in at least four digits, then bytes, one a word
 * as text2pcap wants them or two as xxd writes; NULL when it is no such line. */
static const struct known *dump_line(const uint8_t *at, const uint8_t *end)
{
    uint8_t first;
    size_t zeros = 0, digits = 0;

    for (at = blanks(at, end); at < end && *at == '0'; at++)
        zeros++;
    at += at < end && *at == ':';
    const uint8_t *bytes = blanks(at, end);
    if (zeros < 4 || bytes == at)
        return NULL;
    while (bytes + digits < end && isxdigit(bytes[digits]))
        digits++;
    if ((digits != 2 && digits != 4) || hex_decode(&first, 1, (const char *)bytes, 2) != 1)
        return NULL;
    return &DUMPS[digits == 4][(first >= 0x45 && first <= 0x4F) || first >> 4 == 6];
}

static const struct known *text_kind(struct cursor c)
{
    const uint8_t *at = c.at, *end = c.at + c.left;
    const struct known *kind = NULL;

    while (at && !kind) {
        const uint8_t *line_end = memchr(at, '\n', (size_t)(end - at));
        kind = dump_line(at, line_end ? line_end : end);
        at = line_end ? line_end + 1 : NULL;
    }
    return kind ? kind : &TEXT;
}

static const struct known *kind_of(struct cursor c)
{
    if (!c.left)
        return &EMPTY;
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
        if (c.left >= KINDS[i].length && memcmp(c.at, KINDS[i].magic, KINDS[i].length) == 0)
            return &KINDS[i];
    c.left = c.left < TEXT_LOOKED_AT ? c.left : TEXT_LOOKED_AT;
    return is_text(c) ? text_kind(c) : &OTHER;
}

/* A path as a shell reads it; with a quote in it is left to the reader. */
static const char *shell_word(const char *path, char out[WORD_SIZE])
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-:,@%=";

    if (strspn(path, plain) == strlen(path))
        return path;
    if (strchr(path, '\'') || snprintf(out, WORD_SIZE, "'%s'", path) >= WORD_SIZE)
        return "FILE";
    return out;
}

enum status foreign_err(const struct source *source, const char *path, struct err *err)
{
    const struct known *kind = kind_of(source_here(source));
    char word[WORD_SIZE];

    if (!kind->before)
        return err_set(err, ST_INPUT, "%s: %s%s, no capture; `tcpdump -w FILE` writes one", path,
                       source->gunzip ? "unpacked by gzip it is " : "", kind->name);
    if (source->gunzip)
        return err_set(err, ST_INPUT, "%s: unpacked by gzip it is %s; `gzip -dc %s > mine`, then check mine",
                       path, kind->name, shell_word(path, word));
    return err_set(err, ST_INPUT, "%s: %s, which is not read here; `%s %s%s` makes a capture of it", path,
                   kind->name, kind->before, shell_word(path, word), kind->after);
}
