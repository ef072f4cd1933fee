#include "grader/captures/found.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "judge/judge.h"

bool found_begin(struct found *found, const char *student)
{
    *found = (struct found){.student = student};
    found->human.out = open_memstream(&found->text, &found->text_size);
    return found->human.out != NULL;
}

void found_end(struct found *found)
{
    if (found->human.out && fclose(found->human.out) != 0)
        found->no_memory = true;
    found->human.out = NULL;
}

void found_done(struct found *found)
{
    found_end(found);
    for (size_t i = 0; i < found->n; i++)
        free(found->packets[i].bytes);
    free(found->packets);
    free(found->text);
}

static void begin(void *context)
{
    struct found *found = context;

    show_human.begin(&found->human);
}

/* Whose packet it is: his, or that of another whom it names and for whom all of it is right. */
static bool owner_of(const struct found *found, const struct judged *j, char *out)
{
    struct verdict v;

    if (j->verdict->pass && !j->verdict->n_unknown)
        return str_copy(out, NAME_MAX_LEN + 1, found->student);
    if (rules_talks(j->of)) /* whose it is was said in its first step */
        return false;
    judge_packet(j->rules, j->packet, packet_src(j->packet), &v);
    return v.pass && !v.n_unknown && strcmp(v.student, found->student) != 0 &&
           str_copy(out, NAME_MAX_LEN + 1, v.student);
}

static void packet(void *context, const struct judged *j)
{
    struct found *found = context;
    const struct span *ip = &j->packet->layers[LAYER_IP];
    struct found_packet p = {.rules = j->of,
                             .source = packet_src(j->packet),
                             .number = j->sighting->number,
                             .utc_us = j->sighting->utc_us};

    show_human.packet(&found->human, j);
    bool right = owner_of(found, j, p.owner);
    found->n_wrong += !j->verdict->pass && !j->step;
    if (!right || !ip->complete)
        return;
    size_t end = (size_t)ip->offset + ((size_t)j->packet->frame[ip->offset + 2] << 8) +
                 j->packet->frame[ip->offset + 3];
    p.length = (end < j->packet->length ? end : j->packet->length) - ip->offset;
    p.bytes = malloc(p.length);
    if (!p.bytes || !array_room(&found->packets, found->n, &found->room, sizeof(p))) {
        free(p.bytes);
        found->no_memory = true;
        return;
    }
    memcpy(p.bytes, j->packet->frame + ip->offset, p.length);
    found->packets[found->n++] = p;
}

static void end(void *context, const struct outcome *o)
{
    struct found *found = context;

    found->read = o->packets;
    show_human.end(&found->human, o);
}

const struct show_form found_form = {begin, packet, end};
