-- A role for one target's machine, which may add lines of its journal to the class's store and nothing else:
--   psql -d spring -v target=east -f postgresql.sql
-- Run as a superuser, after `wiregrade serve` (or any command) has made the store; again for each further target, and
-- after a new database. Where several classes share a database, each in a schema of its own, once in each:
--   PGOPTIONS='-c search_path=spring' psql -d faculty -v target=east -f postgresql.sql
-- The role has no password yet: \password east, or a client certificate.
--
-- What PostgreSQL gives to everybody is taken back in this whole database, since each of it harms a class: a lock by
-- which a grader posts could be taken, large objects and temporary tables fill the disk. The owners of the classes' tables
-- keep it. Other roles that are to use this database need GRANT CONNECT.
\set ON_ERROR_STOP on
\if :{?target}
\else
  DO $$ BEGIN RAISE 'name the role: psql -v target=NAME'; END $$;
\endif
SELECT current_schema() AS schema, current_database() AS database,
  EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :'target') AS known,
  EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :'target' AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication))
    OR EXISTS (SELECT 1 FROM pg_tables WHERE tableowner = :'target') AS other \gset
BEGIN;
-- whether the store is there
SELECT 'shipped'::regclass AS store;
\if :other
  DO $$ BEGIN RAISE 'that role is more than a target''s: take another name'; END $$;
\endif
\if :known
\else
  CREATE ROLE :"target";
\endif
-- one connection: a second `wiregrade ship` of this target waits
ALTER ROLE :"target" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 1;

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$
DECLARE
  a_function regprocedure;
  an_owner name;
BEGIN
  FOR an_owner IN SELECT DISTINCT tableowner FROM pg_tables WHERE tablename = 'claim' LOOP
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), an_owner);
  END LOOP;
  FOR a_function IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
      AND (proname ~ '^pg_(try_)?advisory_' OR proname ~ '^lo_' OR proname IN ('loread', 'lowrite')) LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', a_function);
    FOR an_owner IN SELECT DISTINCT tableowner FROM pg_tables WHERE tablename = 'claim' LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', a_function, an_owner);
    END LOOP;
  END LOOP;
END $$;

GRANT CONNECT ON DATABASE :"database" TO :"target";
GRANT USAGE ON SCHEMA :"schema" TO :"target";
GRANT INSERT ON shipped TO :"target";
GRANT EXECUTE ON FUNCTION ship_begin, ship_has TO :"target";
COMMIT;
