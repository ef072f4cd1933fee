/* suspect.h - one failed finding laid open for the recognisers of mistakes; private to lib/judge. */
#pragma once

#include "judge/clause.h"
#include "judge/diagnose.h"

/* How well a mistake explains what was received. */
enum fit {
    FIT_NONE,   /* it does not */
    FIT_LAST,   /* nothing speaks against it: told only when nothing else fits */
    FIT_WEAK,   /* it does, but so might chance: never certain */
    FIT_STRONG, /* recomputing it gives exactly what was received; certain when it alone does */
};

/* Every pointer is borrowed and lives as long as diagnose()'s arguments. */
struct suspect {
    const struct rules *rules;
    const struct packet *packet;
    const struct verdict *verdict;
    const struct finding *finding;
    const struct clause *clause; /* NULL for what is always checked: then finding->fault says what */
    const struct field *field;
    const uint64_t *values; /* rules_params of verdict->student; NULL when nobody is named or there is no key */
    bool number;            /* got is the value of a fixed field that is there; no checksum status */
    uint64_t got;
    bool one; /* number, and exactly one value is asked for (of a set: one of its values at a time) */
    uint64_t expected;
    /* The field's bytes, FIELD_BYTES: all of them; numbers: those it has a share in. NULL when not there. */
    const uint8_t *bytes;
    size_t length;
    /* The header that holds the field, as far as captured. NULL when not there. */
    const uint8_t *header;
    size_t header_length;
};

/* One mistake. Returns how well it fits; may write the reason of this very packet to d->text and what to try
 * to d->mend with suspect_say and suspect_mend, which hold the general ones of its row in codes.def already.
 * Reads no packet byte but those that s borders. */
typedef enum fit recogniser(const struct suspect *s, struct diagnosis *d);

/* Fills *out from diagnose()'s arguments; values is room for CLAUSES_MAX. */
void suspect_of(struct suspect *out, const struct rules *rules, const struct packet *packet,
                const struct verdict *verdict, const struct finding *finding, uint64_t *values);

/* Write one line; what does not fit is cut before a word. Bytes that are no printing ASCII become '?'. */
void suspect_say(struct diagnosis *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void suspect_mend(struct diagnosis *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Numbers: the right value, written wrongly (why_number.c). */
recogniser why_number_byte_swapped, why_number_not_shifted, why_number_shifted_twice, why_number_wrong_shift,
    why_number_nibbles_swapped, why_number_decimal_as_hex, why_number_hex_as_decimal, why_number_off_by_one,
    why_number_bits_reversed, why_number_wrong_units, why_number_address_reversed, why_number_not_set,
    why_number_all_ones, why_number_inverted;

/* Numbers: another value than the right one (why_value.c). */
recogniser why_value_swapped_with, why_value_misplaced, why_value_extra_flags, why_value_missing_flags,
    why_value_wrong_student, why_value_other_class, why_value_kernel_picked, why_value_not_in_range,
    why_value_not_allowed, why_value_wrong;

/* Headers (why_header.c). */
recogniser why_header_ttl_decremented, why_header_not_raw, why_header_has_options, why_header_wrong_protocol,
    why_header_missing, why_header_fragment, why_header_truncated, why_header_bad_length, why_header_bad_ihl,
    why_header_bad_offset, why_header_bad_version, why_header_bad_options, why_header_no_payload;

/* Texts (why_text.c). */
recogniser why_text_not_encoded, why_text_wrong_encoding, why_text_encoded_twice, why_text_trailing_newline,
    why_text_trailing_nul, why_text_python_repr, why_text_xxd_dump, why_text_wrong_case,
    why_text_hex_with_separators, why_text_base64_urlsafe, why_text_base64_unpadded, why_text_utf16,
    why_text_latin1;

/* Checksums (why_checksum.c). */
recogniser why_checksum_zero, why_checksum_no_pseudo_header, why_checksum_not_complemented,
    why_checksum_little_endian, why_checksum_no_payload, why_checksum_header_length_only,
    why_checksum_ip_length, why_checksum_wrong_protocol, why_checksum_odd_byte_dropped,
    why_checksum_odd_byte_wrong_end, why_checksum_carries_lost, why_checksum_field_not_zeroed,
    why_checksum_source_zero, why_checksum_wrong;
