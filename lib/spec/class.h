/* class.h - class.yml: one offering of a course: who, when, where. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ipaddr.h"
#include "spec/problem.h"
#include "spec/target.h"

struct network {
    ipaddr net, mask; /* host order */
};

enum bind_rule { BIND_OFF, BIND_RECORD, BIND_ENFORCE };
/* How students hand flags in on the scoreboard itself. */
enum paste_rule {
    PASTE_OFF,    /* it says that each is wrong: the briefing and the intake take them */
    PASTE_FLAGS,  /* it knows every student's flag */
    PASTE_AUDIT,  /* it takes whatever has the form of a flag; the grader takes back what is forged */
    PASTE_SERVED, /* without a roster: audit where `wiregrade serve` runs when it is deployed, else off */
};
/* What becomes of a right packet that a student hands in as a capture. */
enum captures_rule {
    CAPTURES_OFF,    /* captures are not taken */
    CAPTURES_REVIEW, /* staff decide */
    CAPTURES_ACCEPT, /* it counts, unless something speaks against it: then staff decide */
};
enum { CAPTURES_DAYS = 14 };
enum scoreboard_mode { MODE_USERS, MODE_TEAMS };

/* Paths are absolute or relative to the folder of class.yml already resolved; NULL when absent. */
struct class
{
    char *file;
    char *word; /* `class:`, in every flag and class parameter */
    char *course_dir;
    ipaddr target;       /* the IPv4 one, where there is one */
    ipaddr other_target; /* the IPv6 one beside it; 0: none */
    struct place target_at;
    bool own_host; /* `target: own`: each student runs it on his own machine; target is 127.0.0.1 */
    char *student; /* the only one there is: who runs such a target, or practises; else NULL */
    struct network *students; /* at least one; for own_host none, until its target fills them in */
    size_t n_students;
    uint16_t briefing; /* TCP port */
    uint16_t connect;  /* the student's port of all call-backs and dials; 0: each challenge's own */
    struct place connect_at;
    enum feedback_level feedback;
    enum bind_rule bind;
    enum captures_rule captures;
    uint32_t captures_days; /* a frame that is older when it is handed in is told of; CAPTURES_DAYS */
    enum paste_rule paste;  /* flags with a roster, else served, unless class.yml says */
    char *scoreboard_url;   /* without a trailing slash; NULL when there is no scoreboard */
    char *token_file;
    enum scoreboard_mode mode;
    char *key_file;
    char *roster_file;
    char *store_file;
    char *unix_folder; /* where socket files are, and `reply` for students' own; NULL: none is served */
    char **journals;
    size_t n_journals;
};

/* Loads path. All problems are added; false when errors were added; class_free either way. */
bool class_load(struct class *out, const char *path, struct problems *problems);

/* As class_load, of the file's bytes; path is for the problems, and what is relative to its folder. */
bool class_parse(struct class *out, const char *path, const struct buf *bytes, struct problems *problems);

/* The built-in practice values of demo and range: class "practice", the range's addresses, students
 * 10.10.0.0/24 and fd00:10:10::/64, the student "student" where nobody says who it is, the course in
 * course_dir, no scoreboard, no key file. Needs no file. */
bool class_practice(struct class *out, const char *course_dir);
void class_free(struct class *class);

/* Makes PASTE_SERVED audit or off; another rule stays. */
void class_served(struct class *class, bool serve_runs);

/* Where students of this class hand flags in: a sentence for them and for staff. Returns out. */
enum { CLASS_HAND_IN_SIZE = 160 };
const char *class_hand_in(const struct class *class, char out[CLASS_HAND_IN_SIZE]);

/* True when an address lies in the class's student networks. For own_host any host's address does,
 * until the networks are filled in. */
bool class_has_student(const struct class *class, ipaddr addr);

/* The address of an IP version that students send to; 0 when there is none. */
ipaddr class_target(const struct class *class, bool six);

/* True for an address that students send to; for own_host each of that machine's. Inline: each packet of a
 * capture is asked for it. */
static inline bool class_has_target(const struct class *class, ipaddr addr)
{
    if (class->own_host)
        return class_has_student(class, addr);
    return addr == class->target || (addr && addr == class->other_target);
}
