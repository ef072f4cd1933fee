/* Input: what somebody pasted as a flag. */
#include "fuzz.h"

#include <string.h>

static struct fuzz_class all;

void fuzz_open(void)
{
    fuzz_class_open(&all, FUZZ_COURSE);
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    const struct flag_context context = {all.course.flag_prefix, all.course.id, all.class.word};
    struct flag_parts parts = {.slug = ""}, again = {.slug = ""};
    char text[FLAG_SIZE];
    enum flag_verdict verdict = flag_check(&context, all.ring, (const char *)data, size, &parts);

    buf_printf(said, "%d ", (int)verdict);
    if (verdict == FLAG_MALFORMED)
        return;
    buf_printf(said, "%s %s %s", parts.slug, parts.student, parts.mac);
    if (verdict == FLAG_NO_SUCH_SLUG)
        return;
    if (!slug_valid(parts.slug) || !handle_valid(parts.student))
        fuzz_fail("names that are none");
    /* its canonical text means the same */
    flag_text(text, &context, &parts);
    if (flag_check(&context, all.ring, text, strlen(text), &again) != verdict ||
        strcmp(again.slug, parts.slug) != 0 || strcmp(again.student, parts.student) != 0)
        fuzz_fail("the canonical text means something else");
}
