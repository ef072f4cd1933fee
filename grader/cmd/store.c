#include "grader/cmd/cmd.h"

#include <stdio.h>

#include "grader/store/copy.h"

struct copied {
    struct frame_work *work;
    size_t rows;
};

static void tell(const char *table, size_t rows, void *context)
{
    struct copied *sum = context;

    sum->rows += rows;
    if (sum->work->w)
        json_put_int(sum->work->w, table, (int64_t)rows);
    else if (rows)
        printf("%8zu  %s\n", rows, table);
}

static enum status copy(struct frame_work *work)
{
    struct copied sum = {.work = work};

    if (work->w)
        json_open_object(work->w, NULL);
    enum status st = store_copy(work->words[1], work->words[2], tell, &sum, &work->err);
    if (work->w)
        json_close_object(work->w);
    else if (st == ST_OK)
        printf("%zu rows are there, and equal; `store: %s` in class.yml uses them\n", sum.rows,
               work->words[2]);
    return st;
}

static const struct options_row options[] = {FRAME_FORMAT_ROW, {0}};

const struct frame_command cmd_store = {
    .name = "store",
    .help = "move a class's store to another place",
    .doc = "Copies the store at FROM to TO, each an SQLite file or a URL of PostgreSQL (postgresql://...), "
           "and compares "
           "both row by row.\v"
           "Nobody may be at work on FROM meanwhile, and TO is no class's yet. FROM stays as it is. What was "
           "cut off "
           "is ended by the same words.\n\n"
           "Example: wiregrade store copy wiregrade.db 'postgresql://wiregrade@/spring?host=/run/postgresql'",
    .options = options,
    .forms = {{"copy FROM TO", 0, copy}},
};
