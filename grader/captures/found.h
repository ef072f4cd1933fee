/* found.h - what one capture holds for one student: a way to show what check finds, to a program and to him.
 */
#pragma once

#include "grader/check/show.h"

/* A packet that all clauses are met by: for this student, or for the one whom it names. */
struct found_packet {
    const struct rules *rules;
    char owner[NAME_MAX_LEN + 1]; /* whose packet it is */
    uint8_t *bytes;               /* from its IP header on; found_done frees them */
    size_t length;
    ipaddr source; /* host order */
    uint64_t number;
    int64_t utc_us;
};

/* Start with found_begin. */
struct found {
    const char *student;
    struct show_human human; /* writes the text that he may read */
    char *text;
    size_t text_size;
    struct found_packet *packets;
    size_t n, room;
    size_t n_wrong; /* challenges for which no packet is right for him, but some came */
    uint64_t read;  /* packets of the file */
    bool no_memory;
};

extern const struct show_form found_form;

/* False on no memory; found_done either way. */
bool found_begin(struct found *found, const char *student);
/* The text is whole after this. */
void found_end(struct found *found);
void found_done(struct found *found);
