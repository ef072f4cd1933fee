/* cmd.h - the subcommands of wiregrade, each in a file of its name. */
#pragma once

#include "grader/cmd/frame.h"

/* ADD A SUBCOMMAND HERE */
extern const struct frame_command cmd_borrowed, cmd_captures, cmd_check, cmd_demo, cmd_deploy, cmd_diagnose,
    cmd_export, cmd_fields, cmd_flag, cmd_init, cmd_key, cmd_lint, cmd_outbox, cmd_range, cmd_reconcile,
    cmd_render, cmd_report, cmd_roster, cmd_serve, cmd_ship, cmd_store, cmd_submit, cmd_verify;
