#include "board/pattern.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { STEPS_MAX = 1000000 }; /* a pattern that runs away must not stop the board */

bool pattern_matches(const char *pattern, const char *text, bool fold, bool *broken)
{
    int error;
    size_t at, len = strlen(text);
    bool whole = false;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_ANCHORED | PCRE2_UTF | PCRE2_UCP | (fold ? PCRE2_CASELESS : 0),
                                     &error, &at, NULL);
    pcre2_match_data *data = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
    pcre2_match_context *limits = pcre2_match_context_create(NULL);

    *broken = !code;
    if (data && limits) {
        pcre2_set_match_limit(limits, STEPS_MAX);
        if (pcre2_match(code, (PCRE2_SPTR)text, len, 0, 0, data, limits) > 0)
            whole = pcre2_get_ovector_pointer(data)[1] == len;
    }
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return whole;
}
