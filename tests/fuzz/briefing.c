/* Input: one line that was typed at the briefing, without its newline. */
#include "fuzz.h"

#include <string.h>

#include "targets/briefing/line.h"

void fuzz_open(void)
{
}

static void put_word(enum line_result result, const struct briefing_command *command, struct buf *said)
{
    if (command->word >= N_WORDS)
        fuzz_fail("a word that is none");
    buf_printf(said, " %s", WORD_ROWS[command->word].word);
    if (result != LINE_WORD)
        return;
    if (command->n_args > BRIEFING_ARGS || command->n_args < WORD_ROWS[command->word].args_min ||
        command->n_args > WORD_ROWS[command->word].args_max)
        fuzz_fail("more or fewer arguments than the word takes");
    for (unsigned i = 0; i < command->n_args; i++) {
        if (!command->args[i][0] || !memchr(command->args[i], '\0', BRIEFING_ARG_SIZE))
            fuzz_fail("an argument without text or end");
        buf_printf(said, " [%s]", command->args[i]);
    }
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    struct briefing_command command;
    enum line_result result;

    memset(&command, fuzz_dirt(), sizeof(command));
    result = briefing_line((const char *)data, size, &command);
    buf_printf(said, "%d", (int)result);
    if (result == LINE_WORD || result == LINE_ARGS)
        put_word(result, &command, said);
    if (result == LINE_UNKNOWN && command.near)
        buf_printf(said, " near %s", command.near->word);
}
