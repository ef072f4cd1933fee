/* cmd.h - the subcommands of wiregrade, one function a command. */
#pragma once

/* Each gets argv[0] = "wiregrade NAME" and its own arguments, and returns the exit status of design section 2
 * (enum status of base/err.h). Options are read with argp, which prints --help and answers wrong ones with 2.
 * The result goes to stdout, everything else to stderr. ADD A SUBCOMMAND HERE: its function. */
int cmd_borrowed(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_deploy(int argc, char **argv);
int cmd_diagnose(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_fields(int argc, char **argv);
int cmd_flag(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_outbox(int argc, char **argv);
int cmd_reconcile(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_roster(int argc, char **argv);
int cmd_submit(int argc, char **argv);
int cmd_render(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_range(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_verify(int argc, char **argv);
