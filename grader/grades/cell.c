#include "grader/grades/grades.h"

const char *grades_cell_text(const struct grades_cell *cell)
{
    static const char *const words[] = {"",         "solved", "waiting", "on the scoreboard",
                                        "rejected", "void",   "borrowed"};

    return words[cell->state];
}

bool grades_counts(const struct grades_cell *cell)
{
    return cell->state == CELL_SOLVED || cell->state == CELL_WAITING || cell->state == CELL_THERE;
}
