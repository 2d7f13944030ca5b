-- policies that read rows of other shard groups are judged on the node that was asked
\set SHOW_CONTEXT never
CREATE SCHEMA policies_across;
SET search_path TO policies_across;
SET client_min_messages TO warning;
CREATE ROLE policies_across_user;
GRANT USAGE ON SCHEMA policies_across TO policies_across_user;
CREATE TABLE docs (id int, owner_id int, body text);
CREATE TABLE members (team int, usr text);
CREATE TABLE parted (id int, owner_id int) PARTITION BY RANGE (owner_id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (2);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (2) TO (10);
SELECT create_distributed_table('docs', 'id', shard_count => 4, colocate_with => 'none'),
       create_distributed_table('members', 'team', shard_count => 3, colocate_with => 'none'),
       create_distributed_table('parted', 'id', shard_count => 4, colocate_with => 'none');
INSERT INTO docs SELECT i, i % 5, 'x' || i FROM generate_series(1, 20) i;
INSERT INTO parted SELECT id, owner_id FROM docs;
INSERT INTO members VALUES (1, 'policies_across_user'), (2, 'policies_across_user'), (3, 'somebody else');
GRANT SELECT, INSERT, UPDATE, DELETE ON docs, members, parted TO policies_across_user;
ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
ALTER TABLE parted ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON docs USING (owner_id IN (SELECT team FROM members WHERE usr = current_user));
CREATE POLICY mine ON parted USING (owner_id IN (SELECT team FROM members WHERE usr = current_user));
CREATE FUNCTION leak(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
    $$ BEGIN IF t NOT IN (SELECT 'x' || i FROM generate_series(1, 20) i WHERE i % 5 IN (1, 2)) THEN RAISE WARNING 'saw %', t; END IF; RETURN true; END $$;
PREPARE by_id (int) AS SELECT owner_id FROM docs WHERE id = $1;

SET ROLE policies_across_user;
SELECT count(*), min(owner_id), max(owner_id) FROM docs;
SELECT count(*), min(owner_id), max(owner_id) FROM parted;
SELECT * FROM docs WHERE id = 6;
SELECT * FROM docs WHERE id = 8;
EXECUTE by_id (6);
EXECUTE by_id (8);
SELECT d.id, m.usr FROM docs d JOIN members m ON d.owner_id = m.team ORDER BY 1 LIMIT 3;
SELECT count(*) FROM docs d WHERE EXISTS (SELECT FROM docs e WHERE e.owner_id = d.owner_id AND e.id <> d.id);
WITH x AS (SELECT * FROM docs) SELECT max(id) FROM x;
SELECT d FROM docs d WHERE id = 6;
-- a function that tells what it sees does not see more
SELECT count(*) FROM docs WHERE id < 4 AND leak(body);
-- not for writes and locks
UPDATE docs SET body = 'y' WHERE id = 6;
DELETE FROM docs WHERE id = 6;
SELECT * FROM docs WHERE id = 6 FOR UPDATE;
RESET ROLE;
EXECUTE by_id (8);
REVOKE SELECT ON docs FROM policies_across_user;
SET ROLE policies_across_user;
SELECT count(*) FROM docs;
RESET ROLE;
GRANT SELECT ON docs TO policies_across_user;
REVOKE SELECT ON members FROM policies_across_user;
SET ROLE policies_across_user;
SELECT count(*) FROM docs;
RESET ROLE;
ALTER TABLE docs FORCE ROW LEVEL SECURITY;
GRANT SELECT ON members TO policies_across_user;
SET ROLE policies_across_user;
SELECT count(*) FROM docs;
RESET ROLE;

DROP SCHEMA policies_across CASCADE;
DROP ROLE policies_across_user;
