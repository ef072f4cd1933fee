#include "explain/challenge_fill.h"

#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"
#include "judge/filtered.h"
#include "judge/rules_private.h"
#include "spec/template.h"

struct filling {
    const struct rules *rules;
    const struct class *class;
    const char *handle; /* NULL: everybody reads it */
    char text[FIELD_TEXT_SIZE];
    char hint[160];
    char said[CHALLENGE_NOBODY_SIZE]; /* a sentence's part */
};

static const char *port_text(struct filling *filling, unsigned port)
{
    if (port == 0)
        return NULL;
    snprintf(filling->text, sizeof(filling->text), "%u", port);
    return filling->text;
}

static const char *path_text(struct filling *filling, const char *name)
{
    const char *folder = filling->class->unix_folder;

    if (!name)
        return NULL;
    snprintf(filling->said, sizeof(filling->said), "%s/%s", folder ? folder : "/run/wiregrade", name);
    return filling->said;
}

/* A clause whose value is one and the same for the class, but not known without the key. */
static bool waits_for_key(const struct rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (c->kind == MATCH_PARAM && !c->per_student && !rules->has_key && strcmp(c->field->name, name) == 0)
            return true;
    }
    return false;
}

/* With a roster a handle is made from the student's name, and the scoreboard's user of his address may be
 * called otherwise. */
const char *challenge_fill_nobody(const struct class *class, char out[CHALLENGE_NOBODY_SIZE])
{
    char target[IPADDR_TEXT_SIZE];

    if (class->roster_file)
        snprintf(out, CHALLENGE_NOBODY_SIZE,
                 "`nc %s %u` tells yours, or your instructor: your user name here may be another",
                 ipaddr_text(class->target, target), class->briefing);
    else
        snprintf(out, CHALLENGE_NOBODY_SIZE, "your user name here, in lower case");
    return out;
}

/* The IPv6 one for a challenge that is over IPv6, where the class has one. */
static const char *target_text(struct filling *filling)
{
    const bool six = filling->rules && rules_ip_version(filling->rules) == 6;
    const ipaddr target = class_target(filling->class, six);

    return ipaddr_text(target ? target : filling->class->target, filling->text);
}

static const char *value_of(void *context, const char *name)
{
    struct filling *filling = context;

    if (strcmp(name, "target") == 0)
        return target_text(filling);
    if (strcmp(name, "briefing") == 0)
        return port_text(filling, filling->class->briefing);
    if (strcmp(name, "handle") == 0)
        return filling->handle ? filling->handle : challenge_fill_nobody(filling->class, filling->said);
    if (strcmp(name, "hand_in") == 0)
        return class_hand_in(filling->class, filling->said);
    if (!filling->rules)
        return NULL;
    if (strcmp(name, "port") == 0)
        return port_text(filling, filling->rules->port);
    if (strcmp(name, "socket") == 0)
        return path_text(filling, rules_path(filling->rules));
    if (strcmp(name, "replies") == 0)
        return path_text(filling, rules_path(filling->rules) ? "reply" : NULL);
    if (strcmp(name, "connect") == 0)
        return port_text(filling,
                         filling->rules->connect ? filling->rules->connect : rules_dial_port(filling->rules));
    const struct clause *frame = clause_of(filling->rules, field_find("frame"));
    if (frame && strcmp(name, "frame") == 0)
        return filter_text(frame->filtered->filter);
    if (rules_value_text(filling->rules, name, "", filling->text))
        return filling->text;
    return waits_for_key(filling->rules, name) ? "?" : NULL;
}

static const char *near_name(const struct filling *filling, const char *name)
{
    const char *words[8 + CLAUSES_MAX] = {"target", "briefing", "handle", "hand_in",
                                          "port",   "connect",  "socket", "replies"};
    size_t n = filling->rules ? 8 : 4;

    for (size_t i = 0; filling->rules && i < filling->rules->n; i++)
        words[n++] = filling->rules->clauses[i].field->name;
    return names_nearest(name, words, n);
}

/* Why a name stands for nothing, where the writer can hardly guess it. */
static const char *hint_of(void *context, const char *name)
{
    struct filling *filling = context;
    const struct rules *rules = filling->rules;

    for (size_t i = 0; rules && i < rules->n; i++)
        if (strcmp(rules->clauses[i].field->name, name) == 0)
            return rules->clauses[i].per_student ? "its value differs from student to student"
                                                 : "its clause has no single value";
    if (strcmp(name, "port") == 0)
        return rules ? "a packet challenge has {{connect}}, the student's port" : "a question has no port";
    if (strcmp(name, "socket") == 0 || strcmp(name, "replies") == 0)
        return "only what listens on a unix.path has a socket file";
    if (strcmp(name, "connect") == 0)
        return "only a packet challenge calls back, and a step that dials";
    const char *near = near_name(filling, name);
    if (!near)
        return NULL;
    snprintf(filling->hint, sizeof(filling->hint), "did you mean {{%s}}?", near);
    return filling->hint;
}

bool challenge_fill(struct buf *out, const char *text, const struct challenge *challenge,
                    const struct rules *rules, const struct class *class, const char *handle, struct place at,
                    struct problems *problems)
{
    struct filling filling = {.rules = rules, .class = class, .handle = handle};
    struct template_values values = {value_of, &filling, hint_of};

    return template_fill(out, text, &values, challenge->file, at, problems);
}
