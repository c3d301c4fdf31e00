-- The role that alone reaches psychotherapy notes, in integration's database. Safe to repeat.
-- The password is read from the environment, so that no command line shows it.
\getenv notes_password notes_password

-- Keep the password out of the server's log, whatever it is set to log.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';

-- One provisioner at a time.
SELECT pg_advisory_lock(0x6B6169726F73) AS locked \gset

SELECT 'CREATE ROLE integration_notes'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'integration_notes') \gexec

ALTER ROLE integration_notes LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'notes_password';

GRANT CONNECT ON DATABASE integration TO integration_notes;
