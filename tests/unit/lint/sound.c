#include "unit.h"

#include "sound.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "grader/lint/lint.h"

void sound_begin(void)
{
    files_begin();
    files_write("course.yml", COURSE);
    files_write("raw/challenge.yml", TEXTS);
    files_write("raw/target.yml", TARGET ROWS);
    files_write("raw/solve/raw.py", "#!/usr/bin/env python3\n");
    CU_ASSERT_EQUAL_FATAL(chmod(files_path("raw/solve/raw.py"), 0700), 0);
}

const char *sound_lint(void)
{
    struct problems problems = {0};
    struct course course;
    struct class class;

    CU_ASSERT_TRUE_FATAL(class_practice(&class, files_dir()));
    course_load(&course, files_dir(), &problems);
    lint_course(&course, &class, NULL, &problems);
    course_free(&course);
    class_free(&class);
    return files_problems(&problems);
}

void sound_check(const char *name, const struct sound_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sound_begin();
        files_write(name, rows[i].text);
        const char *got = sound_lint();
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", rows[i].text, got, rows[i].want);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
        files_done();
    }
}
