-- A value that a sequence gave on a worker is not given again when its table leaves the cluster and comes back.
SET client_min_messages TO warning;
CREATE SCHEMA ddl_again;
SET search_path TO ddl_again;
SELECT nodeport AS worker FROM pg_dist_node WHERE groupid = 1 \gset
\set coordinator :PORT
CREATE TABLE t (k int, owned bigserial, i bigint GENERATED ALWAYS AS IDENTITY, down bigint, narrow serial);
CREATE SEQUENCE down_seq INCREMENT -2 MAXVALUE 1000 OWNED BY t.down;
ALTER TABLE t ALTER down SET DEFAULT nextval('down_seq');
SELECT create_distributed_table('t', 'k', shard_count => 4);
\c - - - :worker
INSERT INTO ddl_again.t (k) SELECT generate_series(1, 10);
\c - - - :coordinator
SET client_min_messages TO warning;
SET search_path TO ddl_again;
INSERT INTO t (k) SELECT generate_series(11, 20);
SELECT undistribute_table('t');
INSERT INTO t (k) SELECT generate_series(21, 30);
ALTER SEQUENCE t_owned_seq RENAME TO renamed;
SELECT create_distributed_table('t', 'k', shard_count => 8);
\c - - - :worker
INSERT INTO ddl_again.t (k) SELECT generate_series(31, 40);
\c - - - :coordinator
SET client_min_messages TO warning;
SET search_path TO ddl_again;
SELECT count(*), count(DISTINCT owned), count(DISTINCT i), count(DISTINCT down), count(DISTINCT narrow) FROM t;
-- and once more, with nothing given in between
SELECT undistribute_table('t');
SELECT create_distributed_table('t', 'k', shard_count => 8);
SELECT undistribute_table('t');
SELECT create_distributed_table('t', 'k', shard_count => 8);
\c - - - :worker
INSERT INTO ddl_again.t (k) SELECT generate_series(41, 50);
\c - - - :coordinator
SET client_min_messages TO warning;
SET search_path TO ddl_again;
SELECT count(*), count(DISTINCT owned), count(DISTINCT i), count(DISTINCT down), count(DISTINCT narrow) FROM t;
SELECT count(DISTINCT owned >> 48) AS ranges, bool_and(owned >> 48 = i >> 48) FROM t;
DROP SCHEMA ddl_again CASCADE;
