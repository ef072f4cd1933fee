/* texts.h - whether the texts that a wire challenge asks for can be met. */
#pragma once

#include "spec/course.h"

/* Adds a problem for each text of expect that no message can be, and for each {word} in one that stands for
 * nothing. */
void texts_check(const struct challenge *challenge, struct problems *problems);
