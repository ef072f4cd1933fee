/* print_fields CAPTURE: a line of JSON a packet with every field of fields.def that can be read, as the
 * decoder has it: numbers as numbers, bytes in hex. `--every-cut CAPTURE`: decodes every beginning of every
 * packet instead, from memory that ends where it ends, reads all fields and prints how many it were. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "pkt/capture.h"

/* One field's value as JSON; false when it is not there. */
static bool print_field(const struct packet *packet, const struct field *field, const char *before)
{
    static char hex[2 * 65536 + 1];
    const uint8_t *bytes;
    uint64_t value;
    size_t length;

    if (field->bits) {
        if (packet_value(packet, field, &value) != FIELD_OK)
            return false;
        printf("%s\"%s\": %llu", before, field->name, (unsigned long long)value);
        return true;
    }
    if (packet_bytes(packet, field, &bytes, &length) != FIELD_OK)
        return false;
    hex_encode(hex, bytes, length);
    printf("%s\"%s\": \"%s\"", before, field->name, hex);
    return true;
}

static void on_frame(void *context, const struct frame *frame)
{
    struct packet packet;
    const char *before = "";

    (void)context;
    packet_decode(&packet, frame->link, frame->bytes, frame->length, frame->wire_length);
    printf("{\"faults\": %u, \"fields\": {", packet.faults);
    for (size_t i = 0; i < N_FIELDS; i++)
        if (print_field(&packet, &FIELDS[i], before))
            before = ", ";
    puts("}}");
}

/* Reads the first and the last byte that a field lends, so that a step too far is seen. */
static unsigned touch(const struct packet *packet, const struct field *field)
{
    const uint8_t *bytes;
    uint64_t value = 0;
    size_t length;

    if (field->bits)
        return packet_value(packet, field, &value) == FIELD_OK ? 1 : 0;
    if (packet_bytes(packet, field, &bytes, &length) == FIELD_OK && length)
        value = (uint64_t)bytes[0] + bytes[length - 1];
    return value != 0;
}

static void on_frame_cut(void *context, const struct frame *frame)
{
    unsigned long *read = context;
    struct packet packet;
    char text[160];

    for (size_t cut = 0; cut <= frame->length; cut++) {
        uint8_t *bytes = malloc(cut ? cut : 1); /* exact, so that ASan sees a step too far */
        if (!bytes)
            abort();
        memcpy(bytes, frame->bytes, cut);
        packet_decode(&packet, frame->link, bytes, cut, frame->wire_length);
        for (size_t i = 0; i < N_FIELDS; i++)
            *read += touch(&packet, &FIELDS[i]);
        for (unsigned fault = 1; fault <= FAULT_BAD_EXTENSION; fault <<= 1)
            if (packet.faults & fault)
                packet_fault_text(&packet, (enum fault)fault, text, sizeof(text));
        free(bytes);
    }
}

int main(int argc, char **argv)
{
    bool cuts = argc == 3 && strcmp(argv[1], "--every-cut") == 0;
    unsigned long read = 0;
    struct capture *capture;
    struct err err;
    int n;

    if (argc != 2 && !cuts) {
        fprintf(stderr, "usage: print_fields [--every-cut] CAPTURE\n");
        return 2;
    }
    if (capture_open_file(&capture, argv[argc - 1], &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 3;
    }
    while ((n = capture_read(capture, 0, cuts ? on_frame_cut : on_frame, &read, &err)) > 0)
        ;
    capture_close(capture);
    if (cuts)
        printf("%lu\n", read);
    if (n < 0)
        fprintf(stderr, "%s\n", err.text);
    return n < 0 ? 3 : 0;
}
