#include <stdio.h>
#include <string.h>

#include "grader/demo/demo.h"
#include "json/write.h"

static bool passed(const struct demo *demo)
{
    return demo->points >= demo->desk.course.pass;
}

static void print_json(const struct demo *demo)
{
    struct buf out;
    struct json_writer w = {.out = &out};

    buf_init(&out, 1 << 20);
    json_open_object(&w, NULL);
    json_open_object(&w, "scoreboard");
    json_put_text(&w, "url", demo->url);
    json_put_text(&w, "kind", demo->kind.name);
    json_close_object(&w);
    json_put_text(&w, "student", DEMO_STUDENT);
    json_put_int(&w, "points", demo->points);
    json_put_int(&w, "max_points", demo->max_points);
    json_put_int(&w, "pass_mark", demo->desk.course.pass);
    json_put_bool(&w, "passed", passed(demo));
    json_open_array(&w, "challenges");
    for (size_t i = 0; i < demo->n_rows; i++) {
        const struct demo_row *row = &demo->rows[i];
        json_open_object(&w, NULL);
        json_put_text(&w, "slug", row->challenge->slug);
        json_put_int(&w, "value", row->challenge->value);
        json_put_text(&w, "flag", row->flag);
        json_put_bool(&w, "verified", row->verified);
        json_put_bool(&w, "posted", row->posted);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    puts(buf_text(&out));
    buf_free(&out);
}

static void print_table(const struct demo *demo)
{
    int wide = 9;

    for (size_t i = 0; i < demo->n_rows; i++)
        if ((int)strlen(demo->rows[i].challenge->slug) > wide)
            wide = (int)strlen(demo->rows[i].challenge->slug);
    printf("%-*s  %-8s  %-6s  %6s  flag\n", wide, "challenge", "verified", "posted", "points");
    for (size_t i = 0; i < demo->n_rows; i++) {
        const struct demo_row *row = &demo->rows[i];
        printf("%-*s  %-8s  %-6s  %6lld  %s\n", wide, row->challenge->slug, row->verified ? "yes" : "NO",
               row->posted ? "yes" : "NO", (long long)row->challenge->value, row->flag[0] ? row->flag : "-");
        if (row->why[0])
            printf("%*s  %s\n", wide, "", row->why);
    }
    printf("\n%s has %lld of %lld points on %s (%s); %lld pass: %s\n", DEMO_STUDENT, (long long)demo->points,
           (long long)demo->max_points, demo->url, demo->kind.name, (long long)demo->desk.course.pass,
           passed(demo) ? "passed" : "not passed");
}

void demo_print(const struct demo *demo)
{
    if (demo->options.json)
        print_json(demo);
    else
        print_table(demo);
    fflush(stdout);
}
