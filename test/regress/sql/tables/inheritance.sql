-- Inheritance between tables of the cluster and others is refused: reads of the shards would miss rows.
SET client_min_messages TO warning;
CREATE SCHEMA inheritance;
SET search_path TO inheritance;
CREATE TABLE parent (k int, v int);
SELECT create_distributed_table('parent', 'k', shard_count => 4);
CREATE TABLE child (w int) INHERITS (parent);
CREATE TEMP TABLE child () INHERITS (parent);
CREATE TABLE child (k int, v int, w int);
ALTER TABLE child INHERIT parent;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE far () INHERITS (parent) SERVER nowhere;
DROP FOREIGN DATA WRAPPER nothing CASCADE;
-- Plain tables inherit as ever, and are not distributed then.
CREATE TABLE plain (k int, v int);
CREATE TABLE heir (w int) INHERITS (plain);
SELECT create_distributed_table('plain', 'k');
SELECT create_distributed_table('heir', 'k');
SELECT create_reference_table('heir');
-- Partitions are no heirs.
CREATE TABLE parted (k int, v int) PARTITION BY RANGE (v);
SELECT create_distributed_table('parted', 'k', shard_count => 4);
CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10);
-- Once the parent is an ordinary table again.
SELECT undistribute_table('parent');
CREATE TABLE grandchild () INHERITS (parent);
INSERT INTO grandchild VALUES (1, 2);
SELECT * FROM parent;
DROP SCHEMA inheritance CASCADE;
