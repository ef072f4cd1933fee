#include "targets/alone.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"

#define ALL_ONES 0xFFFFFFFFU

/* Loopback whole, and each IPv4 address of an interface. */
static enum status take_networks(struct runtime *rt, struct err *err)
{
    struct class *class = &rt->class;

    class->students = calloc(rt->host.n + 1, sizeof(*class->students));
    if (!class->students)
        return err_memory(err);
    class->students[class->n_students++] = (struct network){IN_LOOPBACKNET << 24, 0xFF000000U};
    for (size_t i = 0; i < rt->host.n; i++)
        if (!ipaddr_is6(rt->host.own[i].address) && !ipaddr_is_loopback(rt->host.own[i].address))
            class->students[class->n_students++] = (struct network){rt->host.own[i].address, ALL_ONES};
    return ST_OK;
}

/* Other handles are strangers here: nothing of theirs could be made. */
static enum status take_roster(struct runtime *rt, struct err *err)
{
    struct student *student = calloc(1, sizeof(*student));

    rt->roster = (struct roster){.students = student};
    if (!student)
        return err_memory(err);
    rt->has_roster = true;
    rt->roster.n = 1;
    student->handle = texts_add(&rt->roster.texts, rt->class.student);
    return student->handle ? ST_OK : err_memory(err);
}

static enum status take_student(struct runtime *rt, struct err *err)
{
    const char *text = rt->options->student;
    char handle[NAME_MAX_LEN + 1];
    bool fits = str_copy(handle, sizeof(handle), text);

    ascii_lower(handle);
    if (!fits || !handle_valid(handle))
        return err_set(err, ST_USAGE, "--student %.40s: no handle; 1 to %d of a-z, 0-9, - and _", text,
                       NAME_MAX_LEN);
    free(rt->class.student);
    rt->class.student = strdup(handle);
    return rt->class.student ? ST_OK : err_memory(err);
}

enum status alone_set(struct runtime *rt, struct err *err)
{
    const struct run_options *options = rt->options;
    const char *file = rt->class.file;
    char address[IPADDR_TEXT_SIZE];

    if (options->own_host && !rt->class.own_host)
        return err_set(err, ST_INPUT,
                       "%s:%d:%d: networks.target is %s, a machine for all; a target on a student's own host "
                       "(--own-host) wants `networks: {target: own}`",
                       file, rt->class.target_at.line, rt->class.target_at.column,
                       ipaddr_text(rt->class.target, address));
    if (!options->own_host && rt->class.own_host)
        return err_set(err, ST_INPUT,
                       "%s:%d:%d: target: own is for students' own hosts: start it there, with --own-host "
                       "--student HANDLE",
                       file, rt->class.target_at.line, rt->class.target_at.column);
    if (options->student && rt->has_roster)
        return err_set(err, ST_USAGE,
                       "--student: %s says who is where; it is for --own-host and for practice",
                       rt->class.roster_file);
    enum status st = options->student ? take_student(rt, err) : ST_OK;
    if (st == ST_OK && rt->class.own_host)
        st = take_networks(rt, err);
    return st == ST_OK && rt->class.own_host ? take_roster(rt, err) : st;
}
