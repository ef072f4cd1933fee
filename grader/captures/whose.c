#include "grader/captures/whose.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum { PART_MAX = 256, NAME_WORDS = 8 };

/* Letters of any alphabet and digits: what is not ASCII is never a division. */
static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static char lower(char c)
{
    return (char)tolower((unsigned char)c);
}

/* True when text stands in part as a whole word, compared without the case of ASCII. */
static bool holds_word(const char *part, const char *text)
{
    size_t n = strlen(text);

    for (const char *p = part; n && *p; p++) {
        size_t i = 0;
        while (i < n && p[i] && lower(p[i]) == lower(text[i]))
            i++;
        if (i == n && (p == part || !is_letter(p[-1])) && !is_letter(p[n]))
            return true;
    }
    return false;
}

/* The words of a name, lower-cased in place; at most NAME_WORDS. */
static size_t words_of(char *name, char *words[NAME_WORDS])
{
    size_t n = 0;

    for (char *p = name; *p && n < NAME_WORDS;) {
        while (*p && !is_letter(*p))
            *p++ = '\0';
        if (*p)
            words[n++] = p;
        for (; is_letter(*p); p++)
            *p = lower(*p);
    }
    return n;
}

/* True when part begins with these words one after the other, from word `first` on round and round, with
 * nothing or one division between them, and a "_" or its end comes next: "Ann Smith_", "smithann_". */
static bool begins_with(const char *part, char *const *words, size_t n, size_t first)
{
    for (size_t i = 0; i < n; i++) {
        const char *word = words[(first + i) % n];
        for (; *word; word++, part++)
            if (lower(*part) != *word)
                return false;
        if (i + 1 < n && *part && !is_letter(*part) && *part != '_')
            part++;
        if (i + 1 < n && *part == ' ')
            part++; /* "Smith, Ann" */
    }
    return *part == '_' || !*part;
}

static bool names_him(const char *part, const struct student *s)
{
    char name[PART_MAX], *words[NAME_WORDS];

    if (!*s->name || !str_copy(name, sizeof(name), s->name))
        return false;
    size_t n = words_of(name, words);
    for (size_t first = 0; first < n; first++)
        if (begins_with(part, words, n, first))
            return true;
    return false;
}

static bool identifies_him(const char *part, const struct student *s)
{
    return holds_word(part, s->handle) || (*s->email && holds_word(part, s->email)) ||
           (*s->external_id && holds_word(part, s->external_id));
}

/* The whole part, or what is before its last dot, is his handle or address. */
static bool is_him(const char *part, const struct student *s)
{
    const char *dot = strrchr(part, '.');
    size_t stem = dot ? (size_t)(dot - part) : strlen(part);

    return strcasecmp(part, s->handle) == 0 || (*s->email && strcasecmp(part, s->email) == 0) ||
           (strlen(s->handle) == stem && strncasecmp(part, s->handle, stem) == 0);
}

static const struct student *whose_part(const struct roster *roster, const char *part, size_t *n)
{
    static bool (*const tests[])(const char *part, const struct student *s) = {is_him, names_him,
                                                                               identifies_him};
    const struct student *found = NULL;

    *n = 0;
    for (size_t t = 0; t < sizeof(tests) / sizeof(tests[0]) && *n == 0; t++)
        for (size_t i = 0; i < roster->n; i++)
            if (tests[t](part, &roster->students[i])) {
                found = &roster->students[i];
                ++*n;
            }
    return *n == 1 ? found : NULL;
}

const struct student *whose_path(const struct roster *roster, const char *path, size_t *n)
{
    char part[PART_MAX];

    *n = 0;
    while (*path && *n == 0) {
        size_t len = strcspn(path, "/");
        if (len < sizeof(part)) {
            memcpy(part, path, len);
            part[len] = '\0';
            const struct student *s = whose_part(roster, part, n);
            if (*n)
                return s;
        }
        path += len + (path[len] == '/');
    }
    return NULL;
}
