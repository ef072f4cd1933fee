/* messages CLASS.yml: what a stream's or datagram's target finds in messages, without a wire. Each line of
 * standard input is `SLUG SOURCE HEX`; each line of output is one object: student, pass and the findings of
 * `check`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "explain/findings.h"
#include "explain/reading.h"
#include "judge/judge.h"
#include "judge/rulebook.h"

enum { MESSAGE_MAX = 4096, LINE_SIZE = 2 * MESSAGE_MAX + 128, SAID_MAX = 1 << 20, CLIENT_PORT = 40000 };

struct opened {
    struct class class;
    struct course course;
    struct roster roster;
    struct keyring *ring;
    struct rulebook *book;
};

static void fail(const char *what)
{
    fprintf(stderr, "messages: %s\n", what);
    exit(3);
}

static void open_class(struct opened *o, const char *file)
{
    struct problems problems = {0};
    struct err err = {.text = ""};

    if (!class_load(&o->class, file, &problems) || !course_load(&o->course, o->class.course_dir, &problems) ||
        (o->class.roster_file && !roster_load(&o->roster, o->class.roster_file, &problems))) {
        problems_print(&problems, stderr);
        fail("the class cannot be read");
    }
    if (keyring_load(&o->ring, o->class.key_file, &err) != ST_OK)
        fail(err.text);
    o->book = rulebook_compile(&o->course, &o->class, o->class.roster_file ? &o->roster : NULL, o->ring, NULL,
                               0, &problems);
    if (!o->book)
        fail("the course does not compile");
    problems_free(&problems);
}

static void close_class(struct opened *o)
{
    rulebook_free(o->book);
    keyring_free(o->ring);
    roster_free(&o->roster);
    course_free(&o->course);
    class_free(&o->class);
}

static void say(const struct rules *rules, const struct packet *packet, ipaddr source)
{
    struct verdict v;
    struct buf out;
    struct json_writer w = {.out = &out};

    buf_init(&out, SAID_MAX);
    judge_packet(rules, packet, source, &v);
    reading_judge(rules, packet, &v);
    json_open_object(&w, NULL);
    json_put_bool(&w, "pass", v.pass);
    json_put_text(&w, "student", v.student[0] ? v.student : NULL);
    findings_json(rules, packet, &v, &w, "findings");
    json_close_object(&w);
    puts(buf_text(&out));
    buf_free(&out);
}

static void judge_line(const struct opened *o, char *line)
{
    uint8_t storage[MESSAGE_HEADERS + MESSAGE_MAX];
    struct packet packet;
    ipaddr source = 0;
    char *rest = NULL, *slug = strtok_r(line, " \n", &rest), *address = strtok_r(NULL, " \n", &rest),
         *hex = strtok_r(NULL, " \n", &rest);
    const struct rules *rules = slug ? rulebook_find(o->book, slug) : NULL;

    if (!rules || !address || !ipaddr_parse(address, &source))
        fail("a line is SLUG SOURCE HEX");
    ptrdiff_t n = hex ? hex_decode(storage + MESSAGE_HEADERS, MESSAGE_MAX, hex, strlen(hex)) : 0;
    if (n < 0)
        fail("no hex, or too much of it");
    packet_of_message(&packet, storage, (size_t)n, rules_kind(rules) == TARGET_STREAM, source, CLIENT_PORT,
                      o->class.target, rules_port(rules));
    say(rules, &packet, source);
}

int main(int argc, char **argv)
{
    static char line[LINE_SIZE];
    struct opened o = {0};

    if (argc != 2)
        fail("messages CLASS.yml");
    open_class(&o, argv[1]);
    while (fgets(line, sizeof(line), stdin))
        judge_line(&o, line);
    close_class(&o);
    return 0;
}
