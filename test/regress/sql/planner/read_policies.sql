-- policies are judged where the shards are, in the name of who reads; what would judge other rows there is refused
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE SCHEMA read_policies;
SET search_path TO read_policies;
CREATE TABLE doc (k int, owner text, body text);
CREATE TABLE team (member text PRIMARY KEY, boss text);
CREATE TABLE note (k int, body text);
SELECT create_distributed_table('doc', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('note', 'k', colocate_with => 'doc') \g /dev/null
SELECT create_reference_table('team') \g /dev/null
INSERT INTO doc SELECT i, CASE WHEN i % 2 = 0 THEN 'policy_alice' ELSE 'policy_bob' END, 'body ' || i FROM generate_series(1, 20) i;
INSERT INTO note SELECT i, 'body ' || i + 1 FROM generate_series(1, 20) i;
INSERT INTO team VALUES ('policy_alice', 'policy_carol'), ('policy_bob', 'nobody');
CREATE ROLE policy_alice;
CREATE ROLE policy_bob;
CREATE ROLE policy_carol;
GRANT USAGE ON SCHEMA read_policies TO policy_alice, policy_bob, policy_carol;
GRANT SELECT ON doc, team, note TO policy_alice, policy_bob, policy_carol;
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON doc USING (owner = current_user);
CREATE POLICY boss ON doc USING (owner IN (SELECT member FROM team WHERE boss = current_user));
CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RAISE NOTICE 'seen: %', $1; RETURN true; END $$;
SET client_min_messages TO notice;
SET ROLE policy_alice;
SELECT count(*), min(owner), max(owner) FROM doc;
SELECT count(*) FROM doc WHERE k = 3;
SELECT count(*) FROM doc WHERE k = 4;
SELECT k FROM doc WHERE k = 2 AND leak(body);
SELECT k FROM doc WHERE k = 3 AND leak(body);
SELECT count(*) FROM doc d JOIN doc e USING (k);
SET ROLE policy_carol;
SELECT count(*), min(owner), max(owner) FROM doc;
RESET ROLE;
SELECT count(*) FROM doc;
-- a prepared statement follows the role
PREPARE p AS SELECT count(*), min(owner) FROM doc;
EXECUTE p;
SET ROLE policy_bob;
EXECUTE p;
SET ROLE policy_alice;
EXECUTE p;
SET row_security TO off;
SELECT count(*) FROM doc;
RESET row_security;
RESET ROLE;
-- conditions do not get below the barrier of a view
CREATE VIEW alices WITH (security_barrier) AS SELECT k, body FROM doc WHERE owner = 'policy_alice';
GRANT SELECT ON alices TO policy_bob;
SET ROLE policy_bob;
SELECT count(*) FROM alices;
SELECT k FROM alices WHERE leak(body) AND k IN (3, 4);
RESET ROLE;
SET client_min_messages TO warning;
-- a policy that reads a table distributed alike, by its key, is judged in each group
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
CREATE POLICY readable ON note USING (EXISTS (SELECT FROM doc WHERE doc.k = note.k));
SET ROLE policy_alice;
SELECT count(*), sum(k) FROM note;
RESET ROLE;
DROP POLICY readable ON note;
CREATE POLICY readable ON note USING (body IN (SELECT body FROM doc));
SET ROLE policy_alice;
SELECT count(*) FROM note;
RESET ROLE;
-- current_user is who asks, not the owner of the view
CREATE VIEW all_docs AS SELECT * FROM doc;
ALTER VIEW all_docs OWNER TO policy_alice;
GRANT SELECT ON all_docs TO policy_bob;
SET ROLE policy_bob;
SELECT count(*) FROM all_docs;
RESET ROLE;
SET client_min_messages TO error;
DROP SCHEMA read_policies CASCADE;
DROP ROLE policy_alice, policy_bob, policy_carol;
