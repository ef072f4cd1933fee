/* room.h - a class of one, a store, and journals to be read into it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "grader/journal/journal.h"
#include "grader/store/store.h"

#define TIME "2026-11-22T18:47:33.309128+00:00"
#define TIME_US 1795373253309128
#define NEAR_LINE                                                                                            \
    "{\"time\":\"" TIME "\",\"event\":\"attempt\",\"slug\":\"one\",\"kind\":\"stream\",\"student\":"         \
    "\"smith\",\"source\":\"10.10.0.40\",\"port\":7,\"verdict\":\"near\",\"answer\":\"report\",\"findings\"" \
    ":[{\"field\":\"payload\",\"status\":\"fail\",\"codes\":[\"NOT_ENCODED\",\"WRONG_VALUE\"]},"             \
    "{\"field\":\"ip.ttl\",\"status\":\"blocked\",\"codes\":[\"NOT_SET\"]}]}\n"

#define START(minute)                                                                                        \
    "{\"time\":\"2026-11-22T20:" minute ":00.000001+00:00\",\"event\":\"start\",\"class\":\"practice\","     \
    "\"course\":\"sockets\"}\n"

extern struct room {
    char dir[64];
    struct desk desk;
    struct store *store;
} room;

/* A course of one challenge, a key, a store, and journals a.jsonl and b.jsonl that are not there yet. */
void room_begin(void);
void room_end(void);
void room_open_store(void); /* room.store, which is not open, or closed */

/* Writes a file of the room anew, or more to its end. */
void room_put(const char *name, const char *text, size_t len);
void room_append(const char *name, const char *text);

/* Reads the journals into the store; it must answer want, and say why when that is not ST_OK. */
struct journal_sum room_read(enum status want);

/* What the first column of the first row says, and how many wrong tries are counted. */
int64_t room_number(const char *sql);
int64_t room_nears(void);
