#include "grader/cmd/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "forge/refuse.h"
#include "pkt/field.h"

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
        snprintf(width, sizeof(width), "%s",
                 f->kind == FIELD_ADDRESS6 ? "an IPv6 address"
                 : f->kind == FIELD_FRAME  ? "a filter, as of tcpdump"
                                           : "text");
    printf("%-28s %-36s %-26s %s\n", f->name, f->label, width, f->see);
}

static void print_change(void *context, const char *meaning, const char *row)
{
    (void)context;
    printf("  - %-70s # %s\n", row, meaning);
}

static void put_change(void *context, const char *meaning, const char *row)
{
    struct json_writer *w = context;

    json_open_object(w, NULL);
    json_put_text(w, "row", row);
    json_put_text(w, "meaning", meaning);
    json_close_object(w);
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
    json_open_array(w, "refuse");
    refuse_each(f, put_change, w);
    json_close_array(w);
    json_close_object(w);
}

/* Another of the layer that ends in the same word: tcp.flags.ack for tcp.ack. NULL without one. */
static const char *also_meant(const char *name, const char *near)
{
    const size_t layer = strcspn(name, ".");
    const char *last = strrchr(name, '.'), *end;

    for (size_t i = 0; near && last && i < N_FIELDS; i++)
        if (strncmp(FIELDS[i].name, name, layer + 1) == 0 && strcmp(FIELDS[i].name, near) != 0 &&
            (end = strrchr(FIELDS[i].name, '.')) && strcmp(end, last) == 0)
            return FIELDS[i].name;
    return NULL;
}

static enum status run(struct frame_work *work)
{
    char *name = work->words[0];
    size_t n = 0;

    if (name)
        ascii_lower(name);
    for (size_t i = 0; i < N_FIELDS; i++) {
        if (!wanted(&FIELDS[i], name))
            continue;
        n++;
        if (work->w)
            print_json(work->w, &FIELDS[i]);
        else
            print_human(&FIELDS[i]);
    }
    const struct field *one = name ? field_find(name) : NULL;
    if (one && !work->w) {
        printf("\nRows of refuse: that fit it, each an example; verify says which reason a change really "
               "has:\n");
        refuse_each(one, print_change, NULL);
    }
    if (n)
        return ST_OK;
    const char *near = field_nearest(name), *also = also_meant(name, near);
    return err_set(&work->err, ST_INPUT, "no field \"%.60s\"%s%s%s%s%s `wiregrade fields` lists them", name,
                   near ? "; did you mean " : "", near ? near : "", also ? " or " : "", also ? also : "",
                   near ? "?" : ";");
}

const struct frame_command cmd_fields = {
    .name = "fields",
    .help = "list the fields that a clause may name, and how to make one wrong",
    .doc =
        "Lists the fields of a packet that a clause may name, as in Wireshark's display filters; with "
        "NAME (or the first word of names, like `tcp`) only those. For one field it also lists what a refuse "
        "row may change in it.\v"
        "Example: wiregrade fields ip.dsfield.dscp",
    .options = (const struct options_row[]){FRAME_FORMAT_ROW, {0}},
    .forms = {{"[NAME]", FRAME_LIST, run}},
};
