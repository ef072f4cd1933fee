#include "grader/cmd/cmd.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "grader/cmd/options.h"
#include "json/write.h"
#include "pkt/field.h"

struct args {
    struct options common;
    const char *name; /* NULL: all */
};

static const struct argp_option option_rows[] = {OPTION_FORMAT_ROW, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    if (key == ARGP_KEY_ARG && !args->name) {
        args->name = arg;
        return 0;
    }
    if (key == ARGP_KEY_ARG)
        argp_usage(state);
    return key == 'c' ? ARGP_ERR_UNKNOWN : options_parse(key, arg, state, &args->common);
}

static const struct argp argp = {option_rows,
                                 parse,
                                 "[NAME]",
                                 "Lists the fields of a packet that a clause may name, as in Wireshark's "
                                 "display filters; with NAME (or the "
                                 "first word of names, like `tcp`) only those.\v"
                                 "Example: wiregrade fields ip.dsfield.dscp",
                                 NULL,
                                 NULL,
                                 NULL};

static bool wanted(const struct field *field, const char *name)
{
    size_t len = name ? strlen(name) : 0;

    return !name ||
           (strncmp(field->name, name, len) == 0 && (field->name[len] == '\0' || field->name[len] == '.'));
}

static void print_human(const struct field *f)
{
    char width[64];

    if (f->bits)
        snprintf(width, sizeof(width), "%u bit%s, 0 to %" PRIu64, f->bits, f->bits == 1 ? "" : "s",
                 field_max(f));
    else
        snprintf(width, sizeof(width), "%s", f->kind == FIELD_ADDRESS6 ? "an IPv6 address" : "text");
    printf("%-28s %-36s %-26s %s\n", f->name, f->label, width, f->see);
}

static void print_json(struct json_writer *w, const struct field *f)
{
    char max[32];

    snprintf(max, sizeof(max), "%" PRIu64, field_max(f));
    json_open_object(w, NULL);
    json_put_text(w, "name", f->name);
    json_put_text(w, "label", f->label);
    json_put_text(w, "layer", layer_text(f->layer));
    json_put_int(w, "bit", f->bit);
    json_put_int(w, "bits", f->bits);
    json_put_text(w, "max", f->bits ? max : NULL); /* text: 64 bits do not fit a JSON number */
    json_put_text(w, "see", f->see);
    json_close_object(w);
}

int cmd_fields(int argc, char **argv)
{
    struct args args = {.name = NULL};
    struct buf out;
    size_t n = 0;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    buf_init(&out, 1 << 20);
    struct json_writer w = {.out = &out};
    if (args.common.json)
        json_open_array(&w, NULL);
    for (size_t i = 0; i < N_FIELDS; i++) {
        if (!wanted(&FIELDS[i], args.name))
            continue;
        n++;
        if (args.common.json)
            print_json(&w, &FIELDS[i]);
        else
            print_human(&FIELDS[i]);
    }
    if (args.common.json) {
        json_close_array(&w);
        puts(buf_text(&out));
    }
    buf_free(&out);
    if (n)
        return ST_OK;
    const char *near = field_nearest(args.name);
    log_line("no field \"%.60s\"%s%s; `wiregrade fields` lists them", args.name,
             near ? "; did you mean " : "", near ? near : "");
    return ST_INPUT;
}
