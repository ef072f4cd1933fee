#include "grader/deploy/render.h"

#include <stdio.h>

#include "grader/cmd/cmd.h"

static enum status run(struct frame_work *work)
{
    size_t n = 0;
    class_served(&work->desk.class, false); /* whoever installs it does not tell us */
    enum status st = render_course(work->words[0], &work->desk, &n, &work->err);

    if (st == ST_OK)
        printf("%zu challenges in %s\n", n, work->words[0]);
    return st;
}

const struct frame_command cmd_render = {
    .name = "render",
    .help = "write the course as folders for ctfcli",
    .doc = "Writes the course into DIR, a new folder, as ctfcli reads it: a folder for each challenge, with "
           "the class's values in its texts. It holds answers: keep it.\v"
           "Example: wiregrade render --class spring/class.yml /tmp/spring",
    .options = (const struct options_row[]){FRAME_CLASS_ROW, {0}},
    /* without the key its values would be question marks */
    .forms = {{"DIR", FRAME_KEY | FRAME_WARN, run}},
};
