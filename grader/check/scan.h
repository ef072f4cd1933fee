/* scan.h - one capture gone through from end to end, for whoever has a class at hand. */
#pragma once

#include "grader/check/show.h"
#include "spec/course.h"

/* All borrowed during scan_run. */
struct scan_options {
    const struct course *course;
    const struct class *class;
    struct rulebook *book;
    const char *file;         /* pcap or pcapng; "-" is standard input */
    const char *const *slugs; /* none: every packet challenge */
    size_t n_slugs;
    const char *student; /* NULL: whom each packet names */
    bool each; /* every judged packet is shown as it comes; else the best for each challenge, at the end */
};

/* Judges the file's packets and shows them. ST_OK: every challenge that packets were for is met; ST_NO: one
 * is not, or nothing matched; ST_USAGE: a slug that no packet challenge has. ST_INPUT: the file is no
 * capture, and nothing was shown, or it breaks off, and is judged as far as it goes. ST_ENV. */
enum status scan_run(const struct scan_options *options, const struct show_form *shower, void *show,
                     struct err *err);
