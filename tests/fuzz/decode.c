/* Input: a byte for the link, a byte that the wire had more than was captured, the frame. Every field is
 * read. */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "pkt/decode.h"

void fuzz_open(void)
{
}

static void put_bytes(const struct packet *packet, const uint8_t *bytes, size_t length, struct buf *said)
{
    if (!bytes && length)
        fuzz_fail("bytes without a place");
    if (bytes && (bytes < packet->frame || bytes + length > packet->frame + packet->length))
        fuzz_fail("bytes outside the frame");
    for (size_t i = 0; i < length; i++)
        buf_printf(said, "%02x", bytes[i]);
}

static void put_field(const struct packet *packet, const struct field *field, struct buf *said)
{
    char text[FIELD_TEXT_SIZE];
    const uint8_t *bytes = NULL;
    size_t length = 0;
    uint64_t value = 0, again = 0;
    enum field_result r =
        field->bits ? packet_value(packet, field, &value) : packet_bytes(packet, field, &bytes, &length);

    buf_printf(said, "%s %d ", field->name, (int)r);
    if (r != FIELD_OK)
        return;
    put_bytes(packet, bytes, length, said);
    if (!field->bits)
        return;
    buf_printf(said, "%llu %s", (unsigned long long)value, field_text(field, value, text));
    if (value > field_max(field))
        fuzz_fail(field->name);
    /* what is written as a plain number is read as the same number */
    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    if ((field->kind == FIELD_NUMBER || field->kind == FIELD_PORT) &&
        (field_parse(field, text, &again) || again != value))
        fuzz_fail(field->name);
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    struct packet packet;
    char text[256];
    size_t length;

    if (size < 2 || size > 65535)
        return;
    memset(&packet, fuzz_dirt(), sizeof(packet));
    packet_decode(&packet, (enum link)(data[0] % (LINK_UNKNOWN + 1)), data + 2, size - 2, size - 2 + data[1]);
    for (size_t i = 0; i < N_FIELDS; i++) {
        put_field(&packet, &FIELDS[i], said);
        buf_puts(said, "\n");
    }
    const uint8_t *payload = packet_payload(&packet, &length);
    put_bytes(&packet, payload, length, said);
    for (unsigned bit = 1; bit <= FAULT_BAD_EXTENSION; bit <<= 1)
        if (packet.faults & bit) {
            packet_fault_text(&packet, (enum fault)bit, text, sizeof(text));
            buf_printf(said, "\n%s", text);
        }
    char from[IPADDR_TEXT_SIZE], to[IPADDR_TEXT_SIZE];
    buf_printf(said, "\n%s %s", ipaddr_text(packet_src(&packet), from), ipaddr_text(packet_dst(&packet), to));
}
