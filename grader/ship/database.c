#include "grader/ship/carrier.h"

static enum status open_end(void **end, const struct carrier_options *options, bool *lasting, struct err *err)
{
    struct shipper *shipper;
    enum status st = shipper_open(&shipper, options->to, lasting, err);

    *end = shipper;
    return st;
}

static void close_end(void *end)
{
    shipper_close(end);
}

static int64_t ahead_us(void *end)
{
    return shipper_ahead_us(end);
}

static enum status begin(void *end, struct shipper_file *file, struct err *err)
{
    return shipper_begin(end, file, err);
}

static enum status has(void *end, const struct shipper_file *file, int64_t at, const char *line, size_t len,
                       bool *is, struct err *err)
{
    return shipper_has(end, file, at, line, len, is, err);
}

static enum status put(void *end, struct shipper_file *file, const struct shipper_rows *rows, struct err *err)
{
    return shipper_put(end, file, rows, err);
}

const struct carrier carrier_database = {.begins = (const char *const[]){"postgresql://", NULL},
                                         .whose_clock = "the database's",
                                         .by = "role",
                                         .open = open_end,
                                         .close = close_end,
                                         .ahead_us = ahead_us,
                                         .begin = begin,
                                         .has = has,
                                         .put = put};
