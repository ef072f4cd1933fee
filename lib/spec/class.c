#include "spec/class.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/names.h"
#include "base/str.h"
#include "spec/class_networks.h"
#include "spec/schema.h"

enum { PATH_MAX_CHARS = 4000, JOURNALS_MAX = 256, URL_MAX = 1000, BRIEFING_PORT = 1110 };

/* What the readers of keys fill. */
struct class_reading {
    struct class *class;
    char *folder; /* of class.yml */
    bool paste;   /* class.yml says it */
    struct place paste_at, bind_at;
};

static void read_word(struct schema *s, const struct yaml *value, void *out)
{
    struct class *c = ((struct class_reading *)out)->class;

    schema_copy(s, value, "class", 200, &c->word);
    if (c->word && !slug_valid(c->word))
        problem_add(s->problems, s->file, value->at,
                    "class \"%.60s\": write 1 to %d of a-z, 0-9 and -, not beginning with -", c->word,
                    NAME_MAX_LEN);
}

static void read_path(struct schema *s, const struct yaml *value, const struct class_reading *r, char **out)
{
    char *name = NULL;

    schema_copy(s, value, value->key ? value->key : "a journal", PATH_MAX_CHARS, &name);
    if (!name)
        return;
    free(*out);
    *out = path_join(r->folder, name);
    if (!*out)
        problem_add(s->problems, s->file, value->at, "out of memory");
    free(name);
}

/* A secret that the service manager hands in goes before the file of that name. */
static void read_secret_path(struct schema *s, const struct yaml *value, const struct class_reading *r,
                             char **out)
{
    read_path(s, value, r, out);
    char *credential = *out ? file_credential(*out) : NULL;
    if (!credential)
        return;
    free(*out);
    *out = credential;
}

static void read_course_dir(struct schema *s, const struct yaml *value, void *out)
{
    struct class_reading *r = out;

    read_path(s, value, r, &r->class->course_dir);
}

static void read_key_file(struct schema *s, const struct yaml *value, void *out)
{
    struct class_reading *r = out;

    read_secret_path(s, value, r, &r->class->key_file);
}

static void read_roster(struct schema *s, const struct yaml *value, void *out)
{
    struct class_reading *r = out;

    read_path(s, value, r, &r->class->roster_file);
}

/* user:password@ before the first /, or a password of the parameters. */
static bool has_password(const char *url)
{
    const char *host = strstr(url, "://") + 3, *at = strpbrk(host, "@/?"),
               *colon = memchr(host, ':', strcspn(host, "@/?"));

    return (at && *at == '@' && colon) || strstr(url, "?password=") || strstr(url, "&password=");
}

/* A file, or a place in PostgreSQL. */
static void read_store(struct schema *s, const struct yaml *value, void *out)
{
    struct class_reading *r = out;

    if (value->kind != YAML_SCALAR || !strstr(value->text, "://")) {
        read_path(s, value, r, &r->class->store_file);
        return;
    }
    if (strncmp(value->text, "postgresql://", 13) != 0)
        problem_add(s->problems, s->file, value->at,
                    "store: neither a file nor PostgreSQL's URL, which begins with postgresql://");
    else if (has_password(value->text))
        problem_add(
            s->problems, s->file, value->at,
            "store: has a password in it, which all who read this file would know; put it into a file "
            "of mode 0600 that the parameter passfile= or the variable PGPASSFILE names");
    else
        schema_copy(s, value, "store", PATH_MAX_CHARS, &r->class->store_file);
}

static void read_journals(struct schema *s, const struct yaml *value, void *out)
{
    struct class_reading *r = out;
    struct class *c = r->class;

    if ((value->kind == YAML_SEQUENCE && !value->n) || !schema_sequence(s, value, "journals"))
        return;
    if (value->n > JOURNALS_MAX) {
        problem_add(s->problems, s->file, value->at, "%zu journals; at most %d are read", value->n,
                    JOURNALS_MAX);
        return;
    }
    c->journals = schema_alloc(s, value->n, sizeof(*c->journals));
    for (const struct yaml *row = value->first; c->journals && row; row = row->next) {
        read_path(s, row, r, &c->journals[c->n_journals]);
        if (c->journals[c->n_journals])
            c->n_journals++;
    }
}

static void read_networks(struct schema *s, const struct yaml *value, void *out)
{
    class_networks_read(s, value, ((struct class_reading *)out)->class);
}

static void read_briefing(struct schema *s, const struct yaml *value, void *out)
{
    uint64_t port = 0;

    if (schema_number(s, value, "briefing", 1, 65535, &port))
        ((struct class_reading *)out)->class->briefing = (uint16_t)port;
}

/* Short: with a name and a student's name behind it, it must fit into 108 bytes (unix(7)). */
static void read_unix(struct schema *s, const struct yaml *value, void *out)
{
    enum { FOLDER_MAX = 40 };
    struct class *c = ((struct class_reading *)out)->class;

    schema_copy(s, value, "unix", 200, &c->unix_folder);
    if (c->unix_folder && (c->unix_folder[0] != '/' || strlen(c->unix_folder) > FOLDER_MAX))
        problem_add(s->problems, s->file, value->at,
                    "unix: \"%.60s\" is no absolute path of at most %d bytes; a socket's path ends at 107, "
                    "so write one like /run/wiregrade",
                    c->unix_folder, FOLDER_MAX);
}

static void read_connect(struct schema *s, const struct yaml *value, void *out)
{
    struct class *c = ((struct class_reading *)out)->class;
    uint64_t port = 0;

    c->connect_at = value->at;
    if (schema_number(s, value, "connect", 1, 65535, &port))
        c->connect = (uint16_t)port;
}

static void read_feedback(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {
        [FEEDBACK_NONE] = "none", [FEEDBACK_FIELDS] = "fields", [FEEDBACK_FULL] = "full"};
    int i = schema_word(s, value, "feedback", SCHEMA_WORDS(words));

    if (i >= 0)
        ((struct class_reading *)out)->class->feedback = (enum feedback_level)i;
}

static void read_bind(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {
        [BIND_OFF] = "off", [BIND_RECORD] = "record", [BIND_ENFORCE] = "enforce"};
    struct class_reading *r = out;
    int i = schema_word(s, value, "bind", SCHEMA_WORDS(words));

    r->bind_at = value->at;
    if (i >= 0)
        r->class->bind = (enum bind_rule)i;
}

static void read_paste(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {
        [PASTE_OFF] = "off", [PASTE_FLAGS] = "flags", [PASTE_AUDIT] = "audit"};
    struct class_reading *r = out;
    int i = schema_word(s, value, "paste", SCHEMA_WORDS(words));

    if (i < 0)
        return;
    r->class->paste = (enum paste_rule)i;
    r->paste_at = value->at;
    r->paste = true;
}

static void read_captures_rule(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {
        [CAPTURES_OFF] = "off", [CAPTURES_REVIEW] = "review", [CAPTURES_ACCEPT] = "accept"};
    int i = schema_word(s, value, "captures", SCHEMA_WORDS(words));

    if (i >= 0)
        ((struct class_reading *)out)->class->captures = (enum captures_rule)i;
}

static void read_captures_days(struct schema *s, const struct yaml *value, void *out)
{
    uint64_t days;

    if (schema_number(s, value, "days", 1, 3650, &days))
        ((struct class_reading *)out)->class->captures_days = (uint32_t)days;
}

/* `captures: review`, or {rule: review, days: 14}. */
static void read_captures(struct schema *s, const struct yaml *value, void *out)
{
    static const struct schema_key keys[] = {
        {"rule", false, read_captures_rule, 0, 0},
        {"days", false, read_captures_days, 0, 0},
    };

    if (value->kind == YAML_MAPPING)
        schema_read(s, value, "captures", keys, sizeof(keys) / sizeof(keys[0]), out);
    else
        read_captures_rule(s, value, out);
}

/* What is wrong with a scoreboard's URL, as the end of a sentence; NULL when it will do. */
static const char *url_fault(const char *url)
{
    const char *host = !strncmp(url, "http://", 7) ? url + 7 : !strncmp(url, "https://", 8) ? url + 8 : NULL;

    if (!host)
        return "must begin with http:// or https://";
    size_t len = strcspn(host, "/");
    if (memchr(host, '@', len))
        return "holds a user or password; the token alone, in token_file, says who asks";
    if (!len || strchr(":?#", host[0]))
        return "names no host";
    if (strpbrk(url, "?#"))
        return "holds ? or #; write the board's address alone";
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f || strchr("\"<>\\^`{|}", *p))
            return "holds a character that no URL has";
    return NULL;
}

static void read_url(struct schema *s, const struct yaml *value, void *out)
{
    struct class *c = ((struct class_reading *)out)->class;

    schema_copy(s, value, "url", URL_MAX, &c->scoreboard_url);
    if (!c->scoreboard_url)
        return;
    const char *fault = url_fault(c->scoreboard_url);
    if (fault)
        problem_add(s->problems, s->file, value->at, "url \"%.60s\" %s", c->scoreboard_url, fault);
    for (size_t n = strlen(c->scoreboard_url); n && c->scoreboard_url[n - 1] == '/'; n--)
        c->scoreboard_url[n - 1] = '\0';
}

static void read_token_file(struct schema *s, const struct yaml *value, void *out)
{
    struct class_reading *r = out;

    read_secret_path(s, value, r, &r->class->token_file);
}

static void read_mode(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {[MODE_USERS] = "users", [MODE_TEAMS] = "teams"};
    int i = schema_word(s, value, "mode", SCHEMA_WORDS(words));

    if (i >= 0)
        ((struct class_reading *)out)->class->mode = (enum scoreboard_mode)i;
}

static void read_scoreboard(struct schema *s, const struct yaml *value, void *out)
{
    static const struct schema_key keys[] = {
        {"url", true, read_url, 0, 0},
        {"token_file", true, read_token_file, 0, 0},
        {"mode", false, read_mode, 0, 0},
    };

    schema_read(s, value, "scoreboard", keys, sizeof(keys) / sizeof(keys[0]), out);
}

/* ADD A KEY OF class.yml HERE */
static const struct schema_key class_keys[] = {
    {"class", true, read_word, 0, 0},         {"course", true, read_course_dir, 0, 0},
    {"networks", true, read_networks, 0, 0},  {"briefing", false, read_briefing, 0, 0},
    {"feedback", false, read_feedback, 0, 0}, {"bind", false, read_bind, 0, 0},
    {"paste", false, read_paste, 0, 0},       {"scoreboard", false, read_scoreboard, 0, 0},
    {"key_file", false, read_key_file, 0, 0}, {"roster", false, read_roster, 0, 0},
    {"store", false, read_store, 0, 0},       {"journals", false, read_journals, 0, 0},
    {"captures", false, read_captures, 0, 0}, {"connect", false, read_connect, 0, 0},
    {"unix", false, read_unix, 0, 0},
};

/* One machine has one address for whoever sends from it. */
static void check_own_host(struct schema *s, const struct class_reading *r)
{
    if (!r->class->own_host)
        return;
    if (r->class->bind == BIND_ENFORCE)
        problem_add(s->problems, s->file, r->bind_at,
                    "bind: enforce looks at addresses, and on a student's own host (target: own, line %d) "
                    "there is one for everybody; write bind: off",
                    r->class->target_at.line);
    r->class->bind = BIND_OFF;
}

static void class_defaults(struct class *c)
{
    *c = (struct class){.briefing = BRIEFING_PORT,
                        .feedback = FEEDBACK_FULL,
                        .bind = BIND_RECORD,
                        .captures = CAPTURES_REVIEW,
                        .captures_days = CAPTURES_DAYS,
                        .paste = PASTE_SERVED,
                        .mode = MODE_USERS};
}

/* True, and told, for a folder: people name the class's. */
static bool is_folder(const char *path, struct problems *problems)
{
    struct stat st;

    if (stat(path, &st) || !S_ISDIR(st.st_mode))
        return false;
    char *inside = path_join(path, "class.yml");
    bool there = inside && access(inside, F_OK) == 0;
    problem_add(problems, path, (struct place){0}, "a folder; %s%s%s",
                there ? "did you mean " : "a class is a file, class.yml, and it has none",
                there ? inside : "", there ? "?" : "");
    free(inside);
    return true;
}

/* bytes NULL: of the file. */
static bool load(struct class *out, const char *path, const struct buf *bytes, struct problems *problems)
{
    size_t before = problems->errors;
    struct schema s = {.file = path, .problems = problems};
    struct class_reading r = {.class = out, .folder = path_dir(path)};

    class_defaults(out);
    out->file = strdup(path);
    if (!out->file || !r.folder) {
        problem_add(problems, path, (struct place){0}, "out of memory");
    } else if (bytes || !is_folder(path, problems)) {
        /* a class.yml may be a link to anywhere: it is the instructor's own, and holds no challenge */
        struct yaml *root = bytes ? yaml_parse(path, bytes, problems) : yaml_load(path, NULL, problems);
        if (root)
            schema_read(&s, root, "class.yml", class_keys, sizeof(class_keys) / sizeof(class_keys[0]), &r);
        yaml_free(root);
        check_own_host(&s, &r);
        if (!r.paste && out->roster_file)
            out->paste = PASTE_FLAGS;
        if (r.paste && out->paste == PASTE_FLAGS && !out->roster_file)
            problem_add(problems, path, r.paste_at,
                        "paste: flags needs a roster, whose students' flags the scoreboard is given");
    }
    free(r.folder);
    return problems->errors == before;
}

bool class_load(struct class *out, const char *path, struct problems *problems)
{
    return load(out, path, NULL, problems);
}

bool class_parse(struct class *out, const char *path, const struct buf *bytes, struct problems *problems)
{
    return load(out, path, bytes, problems);
}

bool class_practice(struct class *out, const char *course_dir)
{
    class_defaults(out);
    out->word = strdup("practice");
    out->course_dir = strdup(course_dir);
    out->student = strdup("student");
    out->students = calloc(2, sizeof(*out->students));
    out->unix_folder = strdup("/run/wiregrade");
    if (!out->word || !out->course_dir || !out->unix_folder || !out->student || !out->students) {
        class_free(out);
        return false;
    }
    ipaddr_parse("172.16.1.15", &out->target);
    ipaddr_parse("fd00:172:16:1::15", &out->other_target);
    ipaddr_parse_net("10.10.0.0/24", &out->students[0].net, &out->students[0].mask);
    ipaddr_parse_net("fd00:10:10::/64", &out->students[1].net, &out->students[1].mask);
    out->n_students = 2;
    return true;
}

void class_free(struct class *class)
{
    for (size_t i = 0; i < class->n_journals; i++)
        free(class->journals[i]);
    free(class->journals);
    free(class->file);
    free(class->word);
    free(class->course_dir);
    free(class->student);
    free(class->students);
    free(class->scoreboard_url);
    free(class->token_file);
    free(class->key_file);
    free(class->roster_file);
    free(class->store_file);
    free(class->unix_folder);
    *class = (struct class){0};
}

void class_served(struct class *class, bool serve_runs)
{
    if (class->paste == PASTE_SERVED)
        class->paste = serve_runs ? PASTE_AUDIT : PASTE_OFF;
}

const char *class_hand_in(const struct class *class, char out[CLASS_HAND_IN_SIZE])
{
    static const char *const before[] = {[PASTE_OFF] = "Flags are",
                                         [PASTE_SERVED] = "Flags are",
                                         [PASTE_FLAGS] = "Flags are entered on the scoreboard's page, or",
                                         [PASTE_AUDIT] = "Flags are entered on the scoreboard's page, or"};
    static const char *const behind[] = {[PASTE_OFF] = ", not on the scoreboard's page",
                                         [PASTE_SERVED] =
                                             "; on the scoreboard's page too where its text says so",
                                         [PASTE_FLAGS] = "",
                                         [PASTE_AUDIT] = ""};
    static const char *const own_host[] = {
        [PASTE_OFF] = "Flags are handed in to your instructor.",
        [PASTE_SERVED] = "Flags go to the scoreboard's page or to your instructor, as its text says.",
        [PASTE_FLAGS] = "Flags are entered on the scoreboard's page.",
        [PASTE_AUDIT] = "Flags are entered on the scoreboard's page."};
    char target[IPADDR_TEXT_SIZE];

    /* what is handed in to a target of a student's own never leaves his machine */
    if (class->own_host) {
        snprintf(out, CLASS_HAND_IN_SIZE, "%s", own_host[class->paste]);
        return out;
    }
    snprintf(out, CLASS_HAND_IN_SIZE, "%s handed in with `nc %s %u` and the word `submit FLAG`%s.",
             before[class->paste], ipaddr_text(class->target, target), class->briefing, behind[class->paste]);
    return out;
}
