/* bench_flags KEY COURSE CLASS: each line "SLUG STUDENT" of its input is answered by that student's flag, and
 * "SLUG STUDENT SOURCE PORT TIME" by the proof of a flag handed in at a briefing (flag/proof.h). */
#include <stdio.h>
#include <string.h>

#include "flag/flag.h"
#include "flag/keyring.h"
#include "flag/proof.h"

enum { WORDS = 5 };

/* The words of line, which is cut into them: how many, WORDS + 1 for more than that. */
static size_t words_of(char *line, char *words[WORDS])
{
    size_t n = 0;

    for (char *rest = NULL, *word = strtok_r(line, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
        if (n == WORDS)
            return WORDS + 1;
        words[n++] = word;
    }
    return n;
}

static bool answer(const struct keyring *ring, const struct flag_context *context, char *line)
{
    char *words[WORDS], flag[FLAG_SIZE] = "", proof[PROOF_SIZE] = "";
    const size_t n = words_of(line, words);
    struct key key;

    if ((n != 2 && n != WORDS) || !keyring_challenge(ring, words[0], &key))
        return false;
    if (n == 2 && !flag_make(flag, context, &key, words[0], words[1]))
        return false;
    if (n == WORDS)
        flag_proof(proof, context, &key,
                   &(struct proof_of){words[0], words[1], words[2], words[3], words[4], "submit"});
    key_wipe(&key);
    return printf("%s\n", n == 2 ? flag : proof) > 0;
}

int main(int argc, char **argv)
{
    struct keyring *ring = NULL;
    struct err err;
    char line[512];

    if (argc != 4)
        return 2;
    if (keyring_load(&ring, argv[1], &err) != ST_OK) {
        fprintf(stderr, "bench_flags: %s\n", err.text);
        return 3;
    }
    const struct flag_context context = {.prefix = "flag", .course = argv[2], .class = argv[3]};
    bool right = true;
    while (right && fgets(line, sizeof(line), stdin))
        right = answer(ring, &context, line);
    keyring_free(ring);
    return right && fflush(stdout) == 0 ? 0 : 1;
}
