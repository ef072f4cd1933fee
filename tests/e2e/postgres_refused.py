"""What a database refuses, and what is wrong in its URL: a sentence each. For postgres_store.py."""
import os
import shutil
import subprocess
import sys

import postgres
import postgres_room as here
from daemon import SLUGS, Serve, once, posted, until, word
from desk import expect
from postgres_room import move, room


def quota(c, table):
    """A server that is full, as far as this table goes."""
    here.SERVER.sql("CREATE OR REPLACE FUNCTION quota() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'could not extend file' USING ERRCODE ="
               f" '53100'; END $$; CREATE TRIGGER quota BEFORE INSERT OR UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION quota()", c.place)


def read_only(is_so):
    """As after a fail-over, for new sessions; the old ones end."""
    word_of = "SET default_transaction_read_only = on" if is_so else "RESET default_transaction_read_only"
    here.SERVER.sql(f"BEGIN READ WRITE; ALTER DATABASE postgres {word_of}; COMMIT")
    here.SERVER.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'wiregrade %'")


def case_full():
    """A database that is full or read-only: each command and the daemon say so in a sentence, nothing that was taken is lost, and it goes on by itself."""
    b, c = room(here.SERVER.fresh())
    c.submit(["raw-ipv4"])
    flags = [c.flag(slug, "jones") for slug in SLUGS]
    full = "could not extend file; the server's disk is full"
    quota(c, "solve")
    expect(c, 4, full, c.run("submit", flags[0]))
    expect(c, 4, full, c.outbox("--once"))
    here.SERVER.sql("DROP TRIGGER quota ON solve", c.place)
    read_only(True)
    for args in (("submit", flags[0]), ("outbox", "run", "--once"), ("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0")):
        expect(c, 4, "read-only by a setting: .ALTER DATABASE .* RESET default_transaction_read_only", c.run(*args))
    assert c.states() == ["waiting"], c.output  # reading is as ever
    read_only(False)
    with Serve(c) as s:
        posted(c, 1)
        quota(c, "solve")
        got, = s.hand_in(flags[0])
        assert word(got) == "ERR" and "hand it in again" in got, got
        until(lambda: s.get("/healthz")[0] == 503)
        assert full in s.get("/healthz")[1], s.get("/healthz")
        here.SERVER.sql("DROP TRIGGER quota ON solve", c.place)
        until(lambda: word(s.hand_in(flags[0])[0]) in ("OK", "DUP"))
        posted(c, 2)
        until(lambda: s.get("/healthz") == (200, "ok\n"))
        read_only(True)
        assert word(s.hand_in(flags[1])[0]) == "ERR"
        until(lambda: "read-only by a setting" in s.get("/healthz")[1])
        read_only(False)
        until(lambda: word(s.hand_in(flags[1])[0]) in ("OK", "DUP"))
        posted(c, 3)
        until(lambda: s.get("/healthz") == (200, "ok\n"))
    once(b, c, 3)
    b.stop()


def case_rights():
    """A role that lacks a right: one sentence with the mend, and nothing is half done."""
    b, c = room(here.SERVER.fresh())
    schema = c.place.rpartition("%3D")[2]
    flag = c.flag("raw-ipv4")
    c.submit(["raw-tcp"])
    here.SERVER.sql("CREATE ROLE other LOGIN")
    move(c, here.SERVER.url(schema, "other"))
    commands = (("submit", flag), ("outbox", "run", "--once"), ("outbox", "list"),
                ("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0"))

    def refused(pattern, statuses=(4,)):
        for args in commands:
            got = c.run(*args)
            assert got in statuses, (args, got, c.output)
            expect(c, got, pattern, got)
            assert c.output.count("\n") <= 2, c.output

    refused("no schema has been selected|there is no store in this database", (3, 4))
    here.SERVER.sql(f"GRANT USAGE ON SCHEMA {schema} TO other")
    owner = "the role other lacks a right: the store's tables are wiregrade's; name wiregrade in the URL, or .GRANT wiregrade TO other."
    refused(f"{owner}|permission denied for table schema_version; the role that is used lacks a right: it must own")
    here.SERVER.sql(f"GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO other; GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO other")
    assert c.states() == ["waiting"], c.output  # who may read, may read
    commands = commands[:2] + commands[3:]
    refused(owner)
    here.SERVER.sql("GRANT wiregrade TO other")
    expect(c, 0, "1 posted", c.outbox())
    b.stop()


def case_mistakes():
    """What is not there, or wrong in the URL: a sentence with its place and mend from each command, and it is not the daemon that waits for it."""
    b, c = room(here.SERVER.fresh())
    flag, right = c.flag("raw-ipv4"), c.place
    secret = c.dir / "pgpass"
    c.submit(["raw-tcp"])
    here.SERVER.sql("CREATE ROLE asked LOGIN PASSWORD 'right' IN ROLE wiregrade")
    hba = here.SERVER.data / "pg_hba.conf"
    hba.write_text("local all asked scram-sha-256\nlocal all peer_named peer\nlocal all kept_out reject\n" + hba.read_text())
    here.SERVER.stop()
    here.SERVER.start()

    def refused(old, new, pattern, status=4):
        move(c, right.replace(old, new, 1))
        for args in (("submit", flag), ("outbox", "run", "--once"), ("serve", "--intake", "127.0.0.1:0", "--metrics", "127.0.0.1:0")):
            expect(c, status, pattern, c.run(*args, env={**os.environ, "PGPASSFILE": str(secret)}))
            assert c.output.count("\n") == 1, c.output

    refused("/postgres?", "/spring?", 'database "spring" does not exist; .createdb. makes it, or mend the URL')
    refused("wiregrade@", "nobody@", 'role "nobody" does not exist; .createuser. makes it, or mend the URL')
    refused("wiregrade@", "asked@", "no password supplied; put it into a file of mode 0600 that passfile= in the URL or PGPASSFILE names")
    secret.write_text("*:*:*:asked:wrong\n")
    secret.chmod(0o600)
    refused("wiregrade@", "asked@", 'password authentication failed for user "asked"; password retrieved from file ".*pgpass"; mend it there, or')
    refused("wiregrade@", "peer_named@", 'Peer authentication failed for user "peer_named"; be the system.s user of that name, or')
    refused("wiregrade@", "kept_out@", "pg_hba.conf rejects connection .*; let its pg_hba.conf have a line for this")
    refused(right, "postgresql://?service=autumn", 'definition of service "autumn" not found; it is a section of ~/.pg_service.conf')
    refused(str(here.SERVER.dir), "/nowhere", "No such file or directory; Is the server running locally")
    refused(right.rpartition("%3D")[2], "elsewhere", "no schema has been selected to create in; the schema that the URL names")
    refused("?host", "?hots", 'invalid URI query parameter: "hots"', 3)
    standby = here.SERVER.standby()
    try:
        refused(str(here.SERVER.dir), str(standby.dir), "read-only, a standby; name the primary")
    finally:
        standby.done()
    move(c, right)
    secret.write_text("*:*:*:asked:right\n")
    move(c, right.replace("wiregrade@", "asked@"))
    expect(c, 0, "1 posted", c.run("outbox", "run", env={**os.environ, "PGPASSFILE": str(secret)}))
    b.stop()


def over_tcp(name, tls):
    """Heard at an address of its own as well, which name in a URL would be looked up for; that address."""
    address = f"127.{os.getpid() % 200 + 10}.{os.getpid() // 200 % 250}.7"
    here.SERVER.sql(f"ALTER SYSTEM SET listen_addresses = '{address}'")
    if tls:
        key, cert = here.SERVER.data / "server.key", here.SERVER.data / "server.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", cert], check=True, capture_output=True)
        key.chmod(0o600)
        for path in (key, cert):
            shutil.chown(path, here.SERVER.data.stat().st_uid, here.SERVER.data.stat().st_gid)
        here.SERVER.sql("ALTER SYSTEM SET ssl = on")
    here.SERVER.stop()
    here.SERVER.start()
    return address


def case_tls():
    """Over a network: no TLS, or another's certificate, is one sentence, and nothing is said to whoever answers."""
    if not shutil.which("openssl"):
        print("skipped: no openssl")
        sys.exit(postgres.SKIP)
    b, c = room(here.SERVER.fresh())
    schema = c.place.rpartition("%3D")[2]
    name = "db.example.edu"
    address = over_tcp(name, False)
    cert = c.dir / "root.crt"
    cert.write_text("")

    def place(host=name, mode="verify-full"):
        move(c, f"postgresql://wiregrade@{host}/postgres?hostaddr={address}&sslmode={mode}&sslrootcert={cert}&options=-csearch_path%3D{schema}")

    flag = c.flag("raw-ipv4")
    for mode in ("disable", "prefer", "require", "verify-ca"):
        place(mode=mode)
        expect(c, 3, "goes over a network without a proof of who answers; add sslmode=verify-full", c.run("submit", flag))
    place()
    expect(c, 4, "server does not support SSL, but SSL was required", c.run("submit", flag))
    assert c.output.count("\n") == 1, c.output
    over_tcp(name, True)
    expect(c, 4, "certificate|root.crt", c.run("submit", flag))
    cert.write_bytes((here.SERVER.data / "server.crt").read_bytes())
    place("other.example.edu")
    expect(c, 4, 'certificate for "db.example.edu" does not match host name "other.example.edu"', c.run("submit", flag))
    assert c.output.count("\n") == 1, c.output
    place()
    with open(here.SERVER.data / "pg_hba.conf", "a", encoding="utf-8") as f:
        f.write(f"hostssl all all {address}/32 trust\nhostssl all all 127.0.0.0/8 trust\n")
    here.SERVER.run("pg_ctl", "-D", here.SERVER.data, "reload")
    until(lambda: c.run("submit", flag) == 0)
    expect(c, 0, "1 posted", c.outbox())
    b.stop()
