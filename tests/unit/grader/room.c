#include "unit.h"

#include "room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "db/query.h"
#include "grader/store/private.h"
#include "place.h"

struct room room;

void room_put(const char *name, const char *text, size_t len)
{
    char *path = path_join(room.dir, name);

    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(text, 1, len, file), len);
    fclose(file);
    free(path);
}

void room_append(const char *name, const char *text)
{
    char *path = path_join(room.dir, name);

    FILE *file = fopen(path, "ae");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

void room_open_store(void)
{
    char place[PLACE_SIZE];
    struct err err = {.text = ""};

    place_of(place, room.dir, "s.db");
    CU_ASSERT_EQUAL_FATAL(store_open(&room.store, place, "sockets", "practice", &err), ST_OK);
}

void room_begin(void)
{
    static const char course[] = "id: sockets\nname: Sockets\npass: 1\n",
                      challenge[] = "name: One\ncategory: c\ndescription: d\nvalue: 1\ntype: standard\n",
                      target[] = "kind: stream\nlisten: {tcp.dstport: 1111}\nexpect:\n  payload: {text: "
                                 "\"{student}\"}\n",
                      second[] = "name: Own\ncategory: c\ndescription: d\nvalue: 1\ntype: standard\n",
                      own[] = "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.id: {param: u16, per: "
                              "student}\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"
                              "feedback: full\n";
    struct class class;
    struct keyring *ring;
    struct err err = {.text = ""};

    snprintf(room.dir, sizeof(room.dir), "/tmp/wiregrade-journal-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(room.dir));
    char *one = path_join(room.dir, "one");
    CU_ASSERT_EQUAL_FATAL(mkdir(one, 0700), 0);
    free(one);
    room_put("course.yml", course, strlen(course));
    room_put("one/challenge.yml", challenge, strlen(challenge));
    room_put("one/target.yml", target, strlen(target));
    one = path_join(room.dir, "own");
    CU_ASSERT_EQUAL_FATAL(mkdir(one, 0700), 0);
    free(one);
    room_put("own/challenge.yml", second, strlen(second));
    room_put("own/target.yml", own, strlen(own));
    class_practice(&class, room.dir);
    class.journals = calloc(2, sizeof(*class.journals));
    class.journals[0] = path_join(room.dir, "a.jsonl");
    class.journals[1] = path_join(room.dir, "b.jsonl");
    class.n_journals = 2;
    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, &err), ST_OK);
    CU_ASSERT_EQUAL_FATAL(desk_open_practice(&room.desk, &class, ring, &err), ST_OK);
    room_open_store();
}

void room_end(void)
{
    static const char *const names[] = {"own/challenge.yml",
                                        "own/target.yml",
                                        "own",
                                        "one/challenge.yml",
                                        "one/target.yml",
                                        "one",
                                        "two/challenge.yml",
                                        "two",
                                        "roster.csv",
                                        "course.yml",
                                        "s.db",
                                        "s.db-wal",
                                        "s.db-shm",
                                        "s.db.lock",
                                        "a.jsonl",
                                        "b.jsonl",
                                        ""};

    store_close(room.store);
    desk_close(&room.desk);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = path_join(room.dir, names[i]);
        remove(path);
        free(path);
    }
}

struct journal_sum room_read(enum status want)
{
    struct journal_sum sum;
    struct err err = {.text = ""};

    CU_ASSERT_EQUAL(journal_read_all(&room.desk, room.store, &sum, &err), want);
    CU_ASSERT_EQUAL(err.text[0] != '\0', want != ST_OK);
    return sum;
}

int64_t room_number(const char *sql)
{
    int64_t n = -1;

    CU_ASSERT_EQUAL(query_number(room.store->db, &n, NULL, sql, ""), ST_OK);
    return n;
}

int64_t room_nears(void)
{
    return room_number("SELECT coalesce(sum(n_near), 0) FROM attempts");
}
