#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "base/str.h"
#include "grader/check/check.h"
#include "grader/cmd/cmd.h"

struct args {
    struct check_options check;
    const char *params[64];
    char student[NAME_MAX_LEN + 1];
};

static enum status take_student(void *own, char *arg, struct err *err)
{
    struct args *a = own;

    str_copy(a->student, sizeof(a->student), arg);
    ascii_lower(a->student);
    a->check.student = a->student;
    return handle_valid(a->student) ? ST_OK : err_set(err, ST_USAGE, "--student %.60s is no handle", arg);
}

static enum status run(struct frame_work *work)
{
    struct args *a = work->own;

    a->check.file = work->words[0];
    a->check.slugs = (const char *const *)work->words + 1;
    a->check.n_slugs = work->n_words - 1;
    a->check.params = a->params;
    a->check.json = work->w != NULL;
    if (strcmp(a->check.file, "-") != 0 && access(a->check.file, F_OK))
        return err_set(&work->err, ST_INPUT, "%s: %s", a->check.file, strerror(errno));
    enum status st = check_run(&a->check, stdout, &work->err);
    return st == ST_NO ? frame_no(work) : st;
}

static const struct options_row options[] = {
    {"student", 's', "HANDLE", "judge for this student (default: whom each packet names)",
     .take = take_student},
    {"class", 'c', "FILE", "the class (default: class.yml here, else the practice class)",
     OPTIONS_TEXT(struct args, check.class_file)},
    {"param", 'p', "FIELD=VALUE", "a value that you were told; SLUG:FIELD=VALUE where two have one",
     OPTIONS_TEXTS(struct args, params, check.n_params)},
    {"every-packet", 'e', NULL, "tell every judged packet, not only the best for each challenge",
     OPTIONS_FLAG(struct args, check.every_packet)},
    FRAME_FORMAT_ROW,
    {0}};

const struct frame_command cmd_check = {
    .name = "check",
    .help = "judge a capture file as the targets would",
    .doc = "Judges the packets of a pcap or pcapng file, also one packed by gzip, as the targets would, and "
           "tells what is wrong with the best one for each packet challenge (or for each SLUG), and why "
           "others were for none. FILE - reads standard input while it grows.\v"
           "Examples:\n"
           "  wiregrade check mine.pcap\n"
           "  wiregrade check mine.pcap raw-tcp --student smith --param tcp.ack_raw=1234567\n"
           "  sudo tcpdump -U --immediate-mode -ni any -w - ip and not port 22 | wiregrade check - raw-tcp",
    .options = options,
    .own_size = sizeof(struct args),
    .forms = {{"FILE [SLUG...]", 0, run}},
};
