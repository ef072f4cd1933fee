/* A key file is text, so that a person sees what it is:
 *
 *     wiregrade-key 1
 *     course 64 hex digits                (a course key), or
 *     id abcdef                           (an export: the course key's id,
 *     challenge raw-ipv4 64 hex digits     then one line a challenge), or
 *     id abcdef                           (an export of one student's keys:
 *     student smith                        with him,
 *     challenge raw-ipv4 64 hex digits 64  and two keys a challenge, his and what makes the class's values)
 */
#include "flag/keyring_private.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/cursor.h"
#include "base/file.h"
#include "base/str.h"
#include "flag/pin.h"

enum { KEY_FILE_MAX = 1 << 20, KEY_HEX = 64 };
static const char MAGIC[] = "wiregrade-key 1";

enum status keyring_create(const char *path, struct err *err)
{
    struct keyring *ring;
    enum status st = keyring_random(&ring, err);

    if (st != ST_OK)
        return st;
    char text[sizeof(MAGIC) + 16 + KEY_HEX], hex[HEX_SIZE(32)];
    hex_encode(hex, ring->course.bytes, sizeof(ring->course.bytes));
    struct buf out;
    buf_init(&out, sizeof(text));
    buf_printf(&out, "%s\ncourse %s\n", MAGIC, hex);
    st = file_create_secret(path, out.data, out.len, err);
    sodium_memzero(out.data, out.len);
    sodium_memzero(hex, sizeof(hex));
    buf_free(&out);
    keyring_free(ring);
    return st;
}

/* Takes "word " from the front of *line; false when it begins otherwise. */
static bool take_word(char **line, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(*line, word, n) != 0 || (*line)[n] != ' ')
        return false;
    *line += n + 1;
    return true;
}

static bool take_secret(struct secret *out, const char *hex)
{
    return strlen(hex) == KEY_HEX && hex_decode(out->bytes, sizeof(out->bytes), hex, KEY_HEX) == 32;
}

/* A challenge's key, or a student's and the class's below it. */
static bool take_key(struct key *out, const char *student, char *hex)
{
    char *second = *student ? strchr(hex, ' ') : NULL;

    *out = (struct key){.student = ""};
    if (!*student)
        return take_secret(&out->secret, hex);
    if (!second)
        return false;
    *second++ = '\0';
    return str_copy(out->student, sizeof(out->student), student) && take_secret(&out->secret, hex) &&
           take_secret(&out->of_class, second);
}

/* One line after the first. Returns what is wrong with it, or NULL. */
static const char *read_line(struct keyring *ring, char *line)
{
    if (take_word(&line, "course")) {
        if (ring->has_course || ring->n)
            return "a second key";
        ring->has_course = take_secret(&ring->course, line);
        if (!ring->has_course)
            return "the course key is not 64 hex digits";
        keyring_name(ring);
        return NULL;
    }
    if (take_word(&line, "id"))
        return !ring->has_course && str_copy(ring->id, sizeof(ring->id), line) ? NULL
                                                                               : "this id is out of place";
    if (take_word(&line, "student"))
        return !ring->has_course && !ring->n && !ring->student[0] && handle_valid(line) &&
                       str_copy(ring->student, sizeof(ring->student), line)
                   ? NULL
                   : "no handle, or this student is out of place";
    if (!take_word(&line, "challenge") || ring->has_course)
        return "neither `course KEY` nor `challenge SLUG KEY`";
    char *space = strchr(line, ' ');
    if (!space)
        return "no key after the slug";
    *space = '\0';
    struct challenge_key *key = &ring->challenges[ring->n];
    if ((!slug_valid(line) && strcmp(line, PIN_KEY) != 0) || !str_copy(key->slug, sizeof(key->slug), line) ||
        !take_key(&key->key, ring->student, space + 1))
        return ring->student[0] ? "not a slug and twice 64 hex digits" : "not a slug and 64 hex digits";
    ring->n++;
    return NULL;
}

static enum status read_text(struct keyring *ring, const char *path, char *text, struct err *err)
{
    int number = 0;

    for (char *line = text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        number++;
        const char *wrong =
            number == 1 ? strcmp(line, MAGIC) ? "not a Wiregrade key file" : NULL : read_line(ring, line);
        if (wrong)
            return err_set(err, ST_INPUT, "%s:%d: %s", path, number, wrong);
    }
    if (!ring->has_course && ring->n == 0)
        return err_set(err, ST_INPUT, "%s: holds no key; make one with `wiregrade init`", path);
    return ST_OK;
}

static enum status load(struct keyring **out, const char *path, struct err *err)
{
    struct buf text;
    size_t lines = 0;

    *out = NULL;
    buf_init(&text, KEY_FILE_MAX);
    enum status st = file_read_secret(path, &text, err);
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    if (st == ST_OK && lines > KEYS_MAX)
        st = err_set(err, ST_INPUT, "%s: more than %d keys", path, KEYS_MAX);
    if (st == ST_OK)
        st = keyring_new(out, lines + 1, err);
    if (st == ST_OK)
        st = read_text(*out, path, text.data ? text.data : (char[]){""}, err);
    if (st != ST_OK) {
        keyring_free(*out);
        *out = NULL;
    }
    if (text.data)
        sodium_memzero(text.data, text.cap);
    buf_free(&text);
    return st;
}

static enum status load_for(struct keyring **out, const char *path, const char *student, struct err *err)
{
    enum status st = load(out, path, err);

    if (st != ST_OK && access(path, F_OK) && errno == ENOENT)
        return err_set(
            err, st,
            "%s: no such file; `wiregrade init` or `wiregrade key export` made it: put it back, since "
            "another key makes other flags",
            path);
    if (st != ST_OK)
        return st;
    const char *whose = (*out)->student;
    if (strcmp(whose, student ? student : "") == 0)
        return ST_OK;
    if (!student)
        st = err_set(err, ST_INPUT,
                     "%s: holds the keys of %s alone, for a target on his own host (`wiregrade-target run "
                     "--own-host --student %s`); use the course key or an export of whole challenges",
                     path, whose, whose);
    else if (*whose)
        st = err_set(err, ST_INPUT, "%s: holds the keys of %s alone, not of %s", path, whose, student);
    else
        st = err_set(err, ST_INPUT,
                     "%s: holds everybody's keys; a target on a student's own host gets his alone: "
                     "`wiregrade key export --student %s --output %s.key`",
                     path, student, student);
    keyring_free(*out);
    *out = NULL;
    return st;
}

enum status keyring_load(struct keyring **out, const char *path, struct err *err)
{
    return load_for(out, path, NULL, err);
}

enum status keyring_load_student(struct keyring **out, const char *path, const char *student, struct err *err)
{
    return load_for(out, path, student, err);
}

static void put_secret(struct buf *out, const struct secret *secret)
{
    char hex[HEX_SIZE(32)];

    hex_encode(hex, secret->bytes, sizeof(secret->bytes));
    buf_printf(out, " %s", hex);
    sodium_memzero(hex, sizeof(hex));
}

/* One challenge's line. False when the key is another student's alone. */
static bool put_line(struct buf *out, const char *slug, const struct key *key, const char *student)
{
    struct secret own, of_class;
    bool may =
        student ? key_student(&own, key, student) && key_student(&of_class, key, "") : !key->student[0];

    if (!may)
        return false;
    buf_printf(out, "challenge %s", slug);
    put_secret(out, student ? &own : &key->secret);
    if (student)
        put_secret(out, &of_class);
    buf_puts(out, "\n");
    if (student) {
        secret_wipe(&own);
        secret_wipe(&of_class);
    }
    return true;
}

enum status keyring_export(const struct keyring *ring, const char *student, const char *const *slugs,
                           size_t n, struct buf *out, struct err *err)
{
    buf_printf(out, "%s\nid %s\n", MAGIC, ring->id);
    if (student)
        buf_printf(out, "student %s\n", student);
    for (size_t i = 0; i < n; i++) {
        struct key key;
        if (!keyring_challenge(ring, slugs[i], &key))
            return err_set(err, ST_INPUT, "this key file has no key for challenge %s", slugs[i]);
        bool may = put_line(out, slugs[i], &key, student);
        key_wipe(&key);
        if (!may)
            return err_set(err, ST_INPUT, "this key file holds the keys of %s alone", ring->student);
    }
    return out->failed ? err_set(err, ST_ENV, "too many keys to export at once") : ST_OK;
}
