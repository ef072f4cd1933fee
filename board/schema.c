#include "board/schema.h"

/* Named as in CTFd where it has the thing. Dates are microseconds since 1970, UTC. A solve is a submission of
 * type 'correct'; that there is one for a user, and one for a team, is the database's promise. Numbers are
 * never used twice (AUTOINCREMENT), so that a remembered id means one thing. */
static const char *const steps[] = {
    "CREATE TABLE teams (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT UNIQUE,"
    " hidden INTEGER NOT NULL DEFAULT 0, banned INTEGER NOT NULL DEFAULT 0, website TEXT, affiliation TEXT,"
    " country TEXT, captain_id INTEGER REFERENCES users(id) ON DELETE SET NULL, created INTEGER NOT NULL);"
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT UNIQUE,"
    " type TEXT NOT NULL DEFAULT 'user', verified INTEGER NOT NULL DEFAULT 0, hidden INTEGER NOT NULL "
    "DEFAULT 0,"
    " banned INTEGER NOT NULL DEFAULT 0, change_password INTEGER NOT NULL DEFAULT 0, website TEXT,"
    " affiliation TEXT, country TEXT, language TEXT, team_id INTEGER REFERENCES teams(id) ON DELETE SET NULL,"
    " created INTEGER NOT NULL);"
    "CREATE TABLE tokens (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, value TEXT NOT NULL UNIQUE);"
    "CREATE TABLE challenges (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, category TEXT, description "
    "TEXT,"
    " attribution TEXT, connection_info TEXT, value INTEGER, state TEXT NOT NULL DEFAULT 'visible',"
    " max_attempts INTEGER NOT NULL DEFAULT 0, position INTEGER NOT NULL DEFAULT 0,"
    " next_id INTEGER REFERENCES challenges(id) ON DELETE SET NULL, initial INTEGER, minimum INTEGER,"
    " decay INTEGER);"
    "CREATE TABLE flags (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " challenge_id INTEGER REFERENCES challenges(id) ON DELETE CASCADE, type TEXT, content TEXT NOT NULL,"
    " data TEXT);"
    "CREATE INDEX flags_challenge ON flags (challenge_id);"
    "CREATE TABLE submissions (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " challenge_id INTEGER REFERENCES challenges(id) ON DELETE CASCADE,"
    " user_id INTEGER REFERENCES users(id) ON DELETE CASCADE,"
    " team_id INTEGER REFERENCES teams(id) ON DELETE CASCADE,"
    " ip TEXT, provided TEXT, type TEXT, date INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX solve_of_user ON submissions (challenge_id, user_id) WHERE type = 'correct';"
    "CREATE UNIQUE INDEX solve_of_team ON submissions (challenge_id, team_id) WHERE type = 'correct';"
    "CREATE INDEX submissions_user ON submissions (user_id);"
    "CREATE INDEX submissions_team ON submissions (team_id);"
    "CREATE TABLE config (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, value TEXT);",
};

const struct db_schema board_schema = {steps, sizeof(steps) / sizeof(steps[0])};
