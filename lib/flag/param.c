#include "flag/param.h"

#include <sodium.h>
#include <string.h>

#include "base/cursor.h"

enum { TRIES = 4096, SHIFT_MAX = 4, UNPRIVILEGED = 1024 };

static uint64_t mask_of(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static uint64_t bits_reversed(uint64_t v, unsigned bits)
{
    uint64_t out = 0;

    for (unsigned i = 0; i < bits; i++)
        out |= (v >> i & 1) << (bits - 1 - i);
    return out;
}

static uint64_t bytes_swapped(uint64_t v, unsigned bits)
{
    return bits % 8 ? v : __builtin_bswap64(v) >> (64 - bits);
}

static uint64_t nibbles_swapped(uint64_t v, unsigned bits)
{
    uint64_t low = 0x0F0F0F0F0F0F0F0F & mask_of(bits);

    return bits % 8 ? ~v : (v & low) << 4 | (v >> 4 & low);
}

bool param_fits(const struct param_rule *rule, uint64_t value)
{
    uint64_t mask = mask_of(rule->bits);

    if (value == 0 || value < rule->lo || value > rule->hi || value > mask)
        return false;
    if (rule->port && (value < UNPRIVILEGED || (value >= PARAM_EPHEMERAL_LO && value <= PARAM_EPHEMERAL_HI)))
        return false;
    if (rule->bits >= 16 && rule->bits % 8 == 0 && bytes_swapped(value, rule->bits) == value)
        return false;
    if (rule->bits > 1 && bits_reversed(value, rule->bits) == value)
        return false;
    if (nibbles_swapped(value, rule->bits) == value)
        return false;
    for (unsigned n = 1; n <= SHIFT_MAX; n++)
        if ((value << n & mask) == value || value >> n == value)
            return false;
    for (size_t i = 0; i < rule->n_avoid; i++)
        if (rule->avoid[i] == value)
            return false;
    return true;
}

bool param_possible(const struct param_rule *rule)
{
    uint64_t last = rule->hi - rule->lo > 65535 ? rule->lo + 65535 : rule->hi;

    for (uint64_t v = rule->lo;; v++) {
        if (param_fits(rule, v))
            return true;
        if (v >= last)
            return false;
    }
}

/* The n-th candidate: keyed BLAKE2b over purpose, class, slug, field and n. */
static uint64_t candidate(const struct secret *key, const char *class, const char *slug, const char *field,
                          uint32_t n)
{
    static const char PURPOSE[] = "wiregrade1 parameter";
    crypto_generichash_state state;
    uint8_t number[4];
    unsigned char out[16];
    uint64_t value;

    crypto_generichash_init(&state, key->bytes, sizeof(key->bytes), sizeof(out));
    crypto_generichash_update(&state, (const unsigned char *)PURPOSE, sizeof(PURPOSE));
    crypto_generichash_update(&state, (const unsigned char *)class, strlen(class) + 1);
    crypto_generichash_update(&state, (const unsigned char *)slug, strlen(slug) + 1);
    crypto_generichash_update(&state, (const unsigned char *)field, strlen(field) + 1);
    store_be32(number, n);
    crypto_generichash_update(&state, number, sizeof(number));
    crypto_generichash_final(&state, out, sizeof(out));
    value = load_be64(out);
    sodium_memzero(&state, sizeof(state));
    return value;
}

bool param_make(const struct key *challenge, const char *class, const char *slug, const char *field,
                const char *student, const struct param_rule *rule, uint64_t *out)
{
    uint64_t width = rule->hi - rule->lo; /* one less than the number of values */
    struct secret key;
    bool found = false;

    if (!key_student(&key, challenge, student))
        return false;
    for (uint32_t n = 0; n < TRIES && !found; n++) {
        uint64_t v = candidate(&key, class, slug, field, n);
        /* the bias of the remainder is below width / 2^64 */
        v = rule->lo + (width == UINT64_MAX ? v : v % (width + 1));
        found = param_fits(rule, v);
        if (found)
            *out = v;
    }
    /* a narrow range in which few values fit: take the first one there is */
    uint64_t last = width > 65535 ? rule->lo + 65535 : rule->hi;
    for (uint64_t v = rule->lo; !found; v++) {
        found = param_fits(rule, v);
        if (found)
            *out = v;
        if (v >= last)
            break;
    }
    secret_wipe(&key);
    return found;
}
