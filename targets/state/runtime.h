/* runtime.h - what all targets of one process share: the class, the limits, the journal, the way back. */
#pragma once

#include <uv.h>

#include "judge/rulebook.h"
#include "net/limit.h"
#include "net/sieve.h"
#include "spec/roster.h"
#include "targets/state/budget.h"
#include "targets/state/firsts.h"
#include "targets/state/host.h"
#include "targets/state/journal.h"
#include "targets/state/repeats.h"
#include "targets/target.h"

/* The command line. Texts are borrowed from argv. */
struct run_options {
    const char *class_file; /* NULL: class.yml here if there is one, else the practice class */
    const char *only[256];
    size_t n_only;
    const char *interface; /* NULL: the one that carries the target's address */
    const char *journal;   /* NULL: class.yml's first, if any */
    const char *key_file;  /* NULL: class.yml's */
    const char *user;
    const char *student; /* NULL: whoever the class has */
    bool own_host, no_briefing, every_attempt;
    int ready_fd; /* -1: none */
};

struct deliver;
struct memory;
struct strays;
struct talks;
struct filled;
struct dials;
struct briefing;
struct clerk;

/* Filled by setup_load (setup.c) and run_targets (run.c). */
struct runtime {
    const struct run_options *options;
    struct class class;
    struct course course;
    struct roster roster;
    bool has_roster;
    struct keyring *ring;
    struct rulebook *book;
    struct net_range *students; /* the class's networks, for the servers */
    struct clerk *clerk;        /* of class and roster, for SIGHUP; NULL: the practice class has no files */
    struct host host;
    uv_loop_t loop;
    struct limit limit; /* of stream connections */
    struct budget budget;
    struct journal journal;
    struct firsts firsts;
    struct repeats repeats;
    struct deliver *deliver;
    struct memory *memory;
    struct strays *strays;
    struct talks *talks; /* NULL without a conversation */
    struct dials *dials; /* the same */
    struct filled *filled,
        *sought;                 /* the rules of the message that is answered, and of what else it might be */
    struct briefing *briefing;   /* NULL: --no-briefing */
    struct service *services[8]; /* beside KINDS */
    struct err failure;          /* why it ends by itself; status ST_OK while it need not */
};

/* Ends the process in good order, with this error as its result. */
void runtime_fail(struct runtime *runtime, const struct err *err);

/* How many students of the roster share an address (host order); at least 1. */
uint32_t runtime_sharing(const struct runtime *runtime, ipaddr address);

/* True when dear work may be done for what came from a source (host order), and takes its token of the
 * budget. */
bool runtime_may_search(struct runtime *runtime, ipaddr source);

/* The same for finding out what a packet was meant for that nobody takes, or that names nobody. */
bool runtime_may_guess(struct runtime *runtime, ipaddr source);

/* Where a stream or datagram challenge is served: "tcp 172.16.1.15:5309 and [fd00:172::15]:5309", "unix
 * PATH". */
void runtime_where(const struct runtime *runtime, const struct rules *rules, char *out, size_t size);

/* Puts DIR/NAME for the socket file of these rules; returns out. */
enum { RUNTIME_PATH_SIZE = 108 };
const char *runtime_path(const struct runtime *runtime, const struct rules *rules,
                         char out[RUNTIME_PATH_SIZE]);

/* For whom limits, budgets and the journal's shares count what comes from an address: the address, and of
 * IPv6 its whole /64, but for an address that the roster names. */
ipaddr runtime_counted(const struct runtime *runtime, ipaddr address);

/* True when this target has an address of an IP version. */
bool runtime_serves(const struct runtime *runtime, bool six);

/* The address of that version that servers bind and calls come from: the class's target; on a student's own
 * host 0, which is every one of its IPv4 addresses. */
ipaddr runtime_place(const struct runtime *runtime, bool six);

/* True for whom this target meets, host order: the class's students and none of this machine's own addresses;
 * on a student's own host those alone. */
bool runtime_has_student(const struct runtime *runtime, ipaddr address);

/* True when something may be sent to an address: in the class's student networks, no broadcast, not ours
 * (but on a student's own host). */
bool runtime_may_send(const struct runtime *runtime, ipaddr address);
