-- Elements of arrays, fields of rows and generated columns are assigned to, in their shards and when the row moves.
SET client_min_messages TO warning;
CREATE SCHEMA assignments;
SET search_path TO assignments;
SET citus.shard_count TO 4;
CREATE TABLE arrtest (a int2[], b int4[][][], c name[], d text[][], e float8[], f char(5)[], g varchar(5)[]);
SELECT create_distributed_table('arrtest','a');
INSERT INTO arrtest (a[1:5], b[1:1][1:2][1:2], c, d, f, g) VALUES ('{1,2,3,4,5}', '{{{0,0},{1,2}}}', '{}', '{}', '{}', '{}');
INSERT INTO arrtest (a, b[1:2], c, d[1:2]) VALUES ('{}', '{3,4}', '{foo,bar}', '{bar,foo}');
UPDATE arrtest SET a[1:2] = '{16,25}' WHERE NOT a = '{}'::_int2;
UPDATE arrtest SET b[1:1][1:1][1:2] = '{113, 117}', b[1:1][1:2][2:2] = '{142, 147}' WHERE array_dims(b) = '[1:1][1:2][1:2]';
UPDATE arrtest SET c[2:2] = '{"new_word"}' WHERE array_dims(c) is not null;
SELECT * FROM arrtest ORDER BY a;
UPDATE arrtest SET a[4] = NULL WHERE a[2] IS NULL;
create type comp as (x int, y int);
create table ct (k int, c comp, ca comp[]);
SELECT create_distributed_table('ct','k');
insert into ct values (1, row(1,2), array[row(1,2)::comp]);
update ct set c.x = 5, ca[1].y = 7, ca[2].x=9 returning *;
CREATE TABLE gtest1 (a int PRIMARY KEY, b int GENERATED ALWAYS AS (a * 2) STORED);
SELECT create_distributed_table('gtest1','a');
insert into gtest1 values (1);
UPDATE gtest1 SET b = DEFAULT WHERE a = 1;

SELECT * FROM arrtest ORDER BY a;
SELECT * FROM gtest1;
-- the row of a join has the names of its columns
CREATE TABLE j1 (i int, t text);
CREATE TABLE j2 (i int, u text);
SELECT create_distributed_table('j1', 'i'), create_distributed_table('j2', 'i');
INSERT INTO j1 VALUES (1, 'one');
INSERT INTO j2 VALUES (1, 'eins');
SELECT row_to_json(x.*) FROM j1 JOIN j2 USING (i) AS x;
SELECT row_to_json(x) FROM (j1 JOIN j2 USING (i)) AS x;
SELECT row_to_json(row(j1.i, u)) FROM j1 JOIN j2 USING (i);
DROP SCHEMA assignments CASCADE;
