-- CREATE EXTENSION can fail, be rolled back and be repeated in one session
SELECT current_database() AS original \gset
CREATE DATABASE extension_again;
\c extension_again
SET client_min_messages TO warning;
CREATE TYPE pg_catalog.noderole AS ENUM ('in the way');
CREATE EXTENSION citus;
DROP TYPE pg_catalog.noderole;
CREATE EXTENSION citus;
SELECT count(*) FROM citus_tables;
BEGIN;
DROP EXTENSION citus;
SELECT to_regclass('pg_dist_partition');
CREATE TABLE t (id int);
ROLLBACK;
SELECT count(*) FROM citus_tables;
DROP EXTENSION citus;
BEGIN;
CREATE EXTENSION citus;
CREATE TABLE t (id int);
SELECT count(*) FROM citus_tables;
ROLLBACK;
CREATE TABLE t (id int);
INSERT INTO t VALUES (1);
CREATE EXTENSION citus;
SELECT * FROM t;
BEGIN;
DROP EXTENSION citus;
CREATE EXTENSION citus;
COMMIT;
SELECT count(*) FROM citus_tables;
-- tables of an extension that has gone are nothing special
DROP EXTENSION citus;
SELECT * FROM t;
DROP TABLE t;
\c :original
DROP DATABASE extension_again;
