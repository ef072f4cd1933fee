/* libpcap takes every word that it does not know for a name and asks the resolver and /etc/services for it: a
 * slip of the pen would wait for DNS, and what a filter means would depend on the machine. So each word is
 * looked at here first. */
#include "pkt/filter_words.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"

static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char DIGITS[] = "0123456789";
static const char INSIDE[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";

enum { PLAIN, OF_LINK, SHIFTS, JOIN, NEGATION };

/* pcap-filter(7), without what only some other link, or a name, gives a meaning to. */
static const struct {
    const char *word;
    int is;
} WORDS[] = {
    {"and", JOIN},
    {"or", JOIN},
    {"not", NEGATION},
    {"ether", OF_LINK},
    {"link", OF_LINK},
    {"arp", OF_LINK},
    {"rarp", OF_LINK},
    {"broadcast", OF_LINK},
    {"stp", OF_LINK},
    {"llc", OF_LINK},
    {"vlan", SHIFTS},
    {"mpls", SHIFTS},
    {"multicast", PLAIN},
    {"ip", PLAIN},
    {"ip6", PLAIN},
    {"tcp", PLAIN},
    {"udp", PLAIN},
    {"sctp", PLAIN},
    {"icmp", PLAIN},
    {"icmp6", PLAIN},
    {"igmp", PLAIN},
    {"pim", PLAIN},
    {"vrrp", PLAIN},
    {"ah", PLAIN},
    {"esp", PLAIN},
    {"src", PLAIN},
    {"dst", PLAIN},
    {"host", PLAIN},
    {"net", PLAIN},
    {"mask", PLAIN},
    {"port", PLAIN},
    {"portrange", PLAIN},
    {"proto", PLAIN},
    {"icmptype", PLAIN},
    {"icmpcode", PLAIN},
    {"icmp6type", PLAIN},
    {"icmp6code", PLAIN},
    {"tcpflags", PLAIN},
    {"tcp-fin", PLAIN},
    {"tcp-syn", PLAIN},
    {"tcp-rst", PLAIN},
    {"tcp-push", PLAIN},
    {"tcp-ack", PLAIN},
    {"tcp-urg", PLAIN},
    {"tcp-ece", PLAIN},
    {"tcp-cwr", PLAIN},
    {"icmp-echo", PLAIN},
    {"icmp-echoreply", PLAIN},
    {"icmp-unreach", PLAIN},
    {"icmp-redirect", PLAIN},
    {"icmp-timxceed", PLAIN},
};
enum { N_WORDS = sizeof(WORDS) / sizeof(WORDS[0]) };

/* Words of the language that mean nothing here, with the reason. */
static const struct {
    const char *word, *why;
} REFUSED[] = {
    {"inbound", "asks where a frame went, which its bytes do not say"},
    {"outbound", "asks where a frame went, which its bytes do not say"},
    {"ifindex", "asks where a frame came in, which its bytes do not say"},
    {"on", "asks where a frame came in, which its bytes do not say"},
    {"ifname", "asks where a frame came in, which its bytes do not say"},
    {"len", "counts the link's header and padding too: compare ip[2:2], the IPv4 packet's length"},
    {"length", "counts the link's header and padding too: compare ip[2:2], the IPv4 packet's length"},
    {"less", "counts the link's header and padding too: compare ip[2:2], the IPv4 packet's length"},
    {"greater", "counts the link's header and padding too: compare ip[2:2], the IPv4 packet's length"},
    {"gateway", "needs names, which are not looked up"},
    {"protochain", "makes a loop: name the header's protocol with proto"},
};

static bool fault_at(struct filter_fault *fault, size_t offset, const char *why)
{
    fault->offset = offset;
    str_copy(fault->text, sizeof(fault->text), why);
    return false;
}

static const char *nearest(const char *word)
{
    const char *names[N_WORDS];

    for (size_t i = 0; i < N_WORDS; i++)
        names[i] = WORDS[i].word;
    return names_nearest(word, names, N_WORDS);
}

/* Which word; N_WORDS with *fault when it is none. */
static size_t word_find(const char *word, size_t at, struct filter_fault *fault)
{
    for (size_t i = 0; i < N_WORDS; i++)
        if (strcmp(WORDS[i].word, word) == 0)
            return i;
    fault->offset = at;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++)
        if (strcmp(REFUSED[i].word, word) == 0) {
            snprintf(fault->text, sizeof(fault->text), "\"%s\" %s", word, REFUSED[i].why);
            return N_WORDS;
        }
    const char *near = nearest(word);
    snprintf(fault->text, sizeof(fault->text),
             "\"%.40s\" is no word of it%s%s%s, and names of hosts, networks, ports and protocols are not "
             "looked up: write numbers",
             word, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
    return N_WORDS;
}

/* "80", "0x50", "10.10.0.0", "80-90": what libpcap reads without asking anybody. */
static bool is_number(const char *text)
{
    uint64_t value;
    size_t dots = 0, n;

    if (parse_u64(text, UINT32_MAX, &value) == PARSE_OK)
        return true;
    for (const char *at = text;; at += n + 1) {
        n = strspn(at, DIGITS);
        if (!n || n > 5)
            return false;
        if (!at[n])
            return true;
        if (at[n] != '.' && at[n] != '-')
            return false;
        dots++;
        if (dots > 3 || (at[n] == '-' && dots > 1))
            return false;
    }
}

/* "aa:bb:cc:dd:ee:ff", or an IPv6 address. */
static bool is_address(const char *text)
{
    uint8_t bytes[16];
    const char *at = text;
    size_t groups = 0;

    if (inet_pton(AF_INET6, text, bytes) == 1)
        return true;
    for (; groups < 6; groups++) {
        size_t n = strspn(at, "0123456789abcdefABCDEF");
        if (n < 1 || n > 2)
            return false;
        at += n;
        if (*at != (groups < 5 ? ':' : '\0'))
            return false;
        at++;
    }
    return true;
}

/* A word, number or address at text + token->at. */
static bool read_word(struct filter_words *out, const char *text, struct filter_token *token, bool bracket,
                      struct filter_fault *fault)
{
    char word[64];
    const char *at = text + token->at;
    size_t n = strspn(at, INSIDE), colons = n;

    while (!bracket && (at[colons] == ':' || (colons > n && strchr(INSIDE, at[colons]) && at[colons])))
        colons++;
    token->length = colons;
    if (token->length >= sizeof(word))
        return fault_at(fault, token->at, "a word in it is longer than any that it may have");
    memcpy(word, at, token->length);
    word[token->length] = '\0';
    if (colons > n ? is_address(word) : strchr(DIGITS, word[0]) && is_number(word)) {
        token->kind = FILTER_ID;
        return true;
    }
    size_t i = word_find(word, token->at, fault);
    if (i == N_WORDS)
        return false;
    token->kind = WORDS[i].is == JOIN ? FILTER_JOIN : WORDS[i].is == NEGATION ? FILTER_NEGATION : FILTER_WORD;
    token->is_or = strcmp(word, "or") == 0;
    out->of_link = out->of_link || WORDS[i].is == OF_LINK || WORDS[i].is == SHIFTS;
    out->shifts = out->shifts || WORDS[i].is == SHIFTS;
    return true;
}

static bool read_sign(const char *text, struct filter_token *token, struct filter_fault *fault)
{
    const char *at = text + token->at;

    token->length = 1;
    token->kind = *at == '(' || *at == '['   ? FILTER_OPEN
                  : *at == ')' || *at == ']' ? FILTER_CLOSE
                                             : FILTER_OPERATOR;
    if (strncmp(at, "&&", 2) == 0 || strncmp(at, "||", 2) == 0) {
        token->length = 2;
        token->kind = FILTER_JOIN;
        token->is_or = *at == '|';
    } else if (*at == '!' && at[1] != '=') {
        token->kind = FILTER_NEGATION;
    }
    /* \tcp: the protocol, where tcp alone would be the keyword */
    if (token->kind != FILTER_OPERATOR || strchr("<>=!&|+-*/%^:\\", *at))
        return true;
    fault->offset = token->at;
    if (*at > ' ' && *at < 0x7f)
        snprintf(fault->text, sizeof(fault->text), "%c means nothing in it", *at);
    else
        snprintf(fault->text, sizeof(fault->text), "the byte 0x%02x means nothing in it", (uint8_t)*at);
    return false;
}

bool filter_words_read(struct filter_words *out, const char *text, struct filter_fault *fault)
{
    int depth = 0, brackets = 0;

    out->n = 0;
    out->of_link = out->shifts = false;
    if (strlen(text) > FILTER_TEXT_MAX) {
        snprintf(fault->text, sizeof(fault->text), "it has %zu bytes, at most %d are allowed", strlen(text),
                 FILTER_TEXT_MAX);
        fault->offset = 0;
        return false;
    }
    for (size_t at = 0; at += strspn(text + at, " \t\r\n"), text[at]; at += out->tokens[out->n++].length) {
        struct filter_token *token = &out->tokens[out->n];
        *token = (struct filter_token){.at = at, .depth = depth};
        bool word = strchr(LETTERS, text[at]) || strchr(DIGITS, text[at]) ||
                    (text[at] == ':' && text[at + 1] == ':' && !brackets);
        if (word ? !read_word(out, text, token, brackets > 0, fault) : !read_sign(text, token, fault))
            return false;
        const int step = token->kind == FILTER_OPEN ? 1 : token->kind == FILTER_CLOSE ? -1 : 0;
        depth += step;
        brackets += text[at] == '[' || text[at] == ']' ? step : 0;
    }
    return out->n || fault_at(fault, 0, "it is empty, and so says yes to everything");
}

/* `port 80 or 443`: a number behind the join takes over the words before it. */
static bool joins_id(const struct filter_words *w, size_t join)
{
    size_t i = join + 1;

    while (i < w->n && (w->tokens[i].kind == FILTER_OPEN || w->tokens[i].kind == FILTER_NEGATION))
        i++;
    return i < w->n && w->tokens[i].kind == FILTER_ID &&
           (i + 1 == w->n || w->tokens[i + 1].kind != FILTER_OPERATOR);
}

size_t filter_words_split(const struct filter_words *w, struct filter_span out[FILTER_PARTS_MAX], bool *is_or)
{
    const struct filter_token *last = &w->tokens[w->n - 1];
    size_t end = last->at + last->length, n = 0;
    bool first = true;

    for (size_t i = w->n; i-- > 0 && n + 1 < FILTER_PARTS_MAX;) {
        const struct filter_token *t = &w->tokens[i];
        if (t->kind != FILTER_JOIN || t->depth)
            continue;
        *is_or = first ? t->is_or : *is_or;
        if (*is_or != t->is_or || joins_id(w, i) || i + 1 == w->n)
            break;
        first = false;
        out[n++] = (struct filter_span){w->tokens[i + 1].at, end - w->tokens[i + 1].at};
        end = i ? w->tokens[i - 1].at + w->tokens[i - 1].length : 0;
    }
    out[n++] = (struct filter_span){w->tokens[0].at, end - w->tokens[0].at};
    for (size_t i = 0; i < n / 2; i++) { /* they were found from the last */
        const struct filter_span other = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = other;
    }
    return n;
}
