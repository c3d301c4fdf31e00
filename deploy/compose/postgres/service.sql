-- The database and the two roles of one service; psql variable: service. Safe to repeat.
--   <service>_owner  owns the database and its schema, runs the migrations
--   <service>        what the service runs as: its own database only, owns nothing
-- The passwords are read from the environment, so that no command line shows them.
\getenv owner_password owner_password
\getenv runtime_password runtime_password
SELECT :'service' || '_owner' AS owner \gset

-- Keep the passwords out of the server's log, whatever it is set to log.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';

-- One provisioner at a time.
SELECT pg_advisory_lock(0x6B6169726F73) AS locked \gset

SELECT format('CREATE ROLE %I', role)
  FROM unnest(ARRAY[:'owner', :'service']) AS role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec

ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
ALTER ROLE :"service" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'runtime_password';

SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec

REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
-- Nor may a service look into the databases that come with the server.
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"service";

\connect :"service"
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"service";
