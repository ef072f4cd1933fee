/* class_networks.h - `networks:` of class.yml; for class.c only. */
#pragma once

#include "spec/class.h"
#include "spec/schema.h"

/* Fills target, own_host and students. */
void class_networks_read(struct schema *s, const struct yaml *value, struct class *c);
