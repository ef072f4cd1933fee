#include "grader/cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"
#include "grader/post/submit.h"

static enum status mint(struct frame_work *work)
{
    const char *handle = work->words[1], *slug = work->words[2];
    const struct desk *desk = &work->desk;
    struct err *err = &work->err;
    char student[NAME_MAX_LEN + 1], flag[FLAG_SIZE];
    struct key key;

    if (!str_copy(student, sizeof(student), handle))
        return err_set(err, ST_INPUT, "\"%.40s\" is too long for a handle", handle);
    ascii_lower(student);
    if (!handle_valid(student))
        return err_set(err, ST_INPUT, "\"%s\" is not a handle: write 1 to %d of a-z, 0-9, - and _", student,
                       NAME_MAX_LEN);
    if (desk_has_student(desk, student, err) != ST_OK || desk_has_challenge(desk, slug, err) != ST_OK)
        return ST_INPUT;
    if (!keyring_challenge(desk->ring, slug, &key))
        return err_set(err, ST_INPUT, "%s: the key %s cannot make flags of %s; use the course key",
                       desk->class.key_file, keyring_id(desk->ring), slug);
    flag_make(flag, &desk->flags, &key, slug, student);
    key_wipe(&key);
    puts(flag);
    return ST_OK;
}

static enum status check(struct frame_work *work)
{
    const char *text = work->words[1];
    char line[4096];
    struct submitted s;

    if (strcmp(text, "-") == 0)
        text = fgets(line, sizeof(line), stdin) ? line : "";
    if (submit_check(&work->desk, text, strlen(text), &s))
        printf("right: %s, made for %s\n", s.parts.slug, s.parts.student);
    else
        puts(s.text);
    return s.right ? ST_OK : ST_NO;
}

const struct frame_command cmd_flag = {
    .name = "flag",
    .help = "make a student's flag, or tell whether one is right",
    .doc = "Makes a student's flag, or tells whether a flag is right and whose; nothing is stored.\v"
           "With - the flag is read from standard input.\n\n"
           "Example: wiregrade flag mint smith raw-ipv4",
    .options = (const struct options_row[]){FRAME_CLASS_ROW, {0}},
    .forms = {{"mint STUDENT SLUG", FRAME_KEY, mint}, {"check FLAG|-", FRAME_KEY, check}},
};
