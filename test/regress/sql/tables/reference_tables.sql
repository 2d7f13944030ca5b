-- reference and local tables, and the foreign keys between kinds of tables
CREATE SCHEMA ref;
SET search_path TO ref;
CREATE TABLE countries (code text PRIMARY KEY, name text);
INSERT INTO countries VALUES ('de', 'Germany'), ('br', 'Brazil'), ('jp', NULL);
SELECT create_reference_table('countries');
-- a copy on every node, one shard
SELECT partmethod, partkey, repmodel, (SELECT count(*) FROM pg_dist_shard s WHERE s.logicalrelid = p.logicalrelid) AS shards
FROM pg_dist_partition p WHERE logicalrelid = 'countries'::regclass;
SELECT groupid, shardstate FROM pg_dist_shard JOIN pg_dist_placement USING (shardid)
WHERE logicalrelid = 'countries'::regclass ORDER BY groupid;
SELECT shardcount, replicationfactor, distributioncolumntype, distributioncolumncollation FROM pg_dist_colocation
WHERE colocationid = (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = 'countries'::regclass);
SELECT result, success FROM run_command_on_all_nodes('SELECT string_agg(code, '','' ORDER BY code) FROM ref.countries');
SELECT create_reference_table('countries');

-- all reference tables share a group
CREATE TABLE currencies (code text PRIMARY KEY, country text REFERENCES countries);
SELECT create_reference_table('currencies');
SELECT count(DISTINCT colocationid) FROM pg_dist_partition WHERE logicalrelid IN ('countries'::regclass, 'currencies');

-- a new table with a foreign key to one becomes a local table, and then a distributed one
CREATE TABLE customers (id int PRIMARY KEY, country text REFERENCES countries);
SELECT partmethod, colocationid, repmodel, autoconverted FROM pg_dist_partition WHERE logicalrelid = 'customers'::regclass;
SELECT create_distributed_table('customers', 'id', shard_count => 4, colocate_with => 'none');
SELECT partmethod, colocationid > 0 AS is_in_group, repmodel, autoconverted FROM pg_dist_partition WHERE logicalrelid = 'customers'::regclass;
SELECT bool_and(success), sum(result::int) AS keys_on_shards FROM run_command_on_workers($$
    SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conname LIKE 'customers_country_fkey_%' $$);

-- tables that were there before come along when what they refer to becomes a reference table
CREATE TABLE kinds (id int PRIMARY KEY);
CREATE TABLE things (id int PRIMARY KEY, kind int REFERENCES kinds);
CREATE TABLE parts (thing int REFERENCES things);
INSERT INTO kinds VALUES (1), (2);
INSERT INTO things VALUES (10, 1);
INSERT INTO parts VALUES (10);
SELECT create_reference_table('kinds');
SELECT logicalrelid, repmodel, colocationid = 0 AS is_alone, autoconverted FROM pg_dist_partition
WHERE logicalrelid IN ('kinds'::regclass, 'things', 'parts') ORDER BY logicalrelid::text;
SELECT (SELECT count(*) FROM kinds), (SELECT count(*) FROM things), (SELECT count(*) FROM parts);
SELECT remove_local_tables_from_metadata();
SELECT count(*) FROM pg_dist_partition WHERE logicalrelid IN ('things'::regclass, 'parts');

-- local tables on demand
CREATE TABLE l1 (id int PRIMARY KEY);
CREATE TABLE l2 (id int PRIMARY KEY, l1 int REFERENCES l1);
ALTER TABLE l1 ADD FOREIGN KEY (id) REFERENCES l2 DEFERRABLE;
SELECT citus_add_local_table_to_metadata('l1');
SELECT citus_add_local_table_to_metadata('l1', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('l2');
SELECT result, success FROM run_command_on_workers('SELECT count(*) FROM ref.l1');
SELECT remove_local_tables_from_metadata();
SELECT count(*) FROM pg_dist_partition WHERE logicalrelid IN ('l1'::regclass, 'l2');

-- a foreign key that is added later brings its table along
CREATE TABLE later (country text);
INSERT INTO later VALUES ('br');
ALTER TABLE later ADD FOREIGN KEY (country) REFERENCES countries;
SELECT repmodel, autoconverted FROM pg_dist_partition WHERE logicalrelid = 'later'::regclass;
SELECT * FROM later;

-- and it leaves when the key goes, with those that came with it
ALTER TABLE later ADD COLUMN id int DEFAULT 1 PRIMARY KEY;
CREATE TABLE latest (later int REFERENCES later);
INSERT INTO latest SELECT id FROM later;
ALTER TABLE later DROP CONSTRAINT later_country_fkey;
SELECT count(*) FROM pg_dist_partition WHERE logicalrelid IN ('later'::regclass, 'latest');
SELECT (SELECT count(*) FROM later), (SELECT count(*) FROM latest);
CREATE TABLE short_lived (id int PRIMARY KEY);
SELECT create_reference_table('short_lived');
CREATE TABLE survivor (id int REFERENCES short_lived);
DROP TABLE short_lived CASCADE;
SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 'survivor'::regclass;

-- what cannot be enforced is refused
CREATE TABLE orders (id int, customer int REFERENCES customers, PRIMARY KEY (id, customer));
SELECT create_distributed_table('orders', 'id', colocate_with => 'customers');
SELECT create_distributed_table('orders', 'customer', colocate_with => 'none');
SELECT create_reference_table('orders');
SELECT create_distributed_table('orders', 'customer', colocate_with => 'customers');
CREATE TABLE actions (customer int REFERENCES customers ON DELETE SET NULL);
SELECT create_distributed_table('actions', 'customer', colocate_with => 'customers');
CREATE TABLE plain_target (id int PRIMARY KEY);
CREATE TABLE to_plain (id int REFERENCES plain_target);
SELECT create_distributed_table('to_plain', 'id');
CREATE TABLE itself (id int PRIMARY KEY, parent int REFERENCES itself);
SELECT create_distributed_table('itself', 'id');
ALTER TABLE itself DROP CONSTRAINT itself_parent_fkey;
CREATE TABLE parted (id int) PARTITION BY RANGE (id);
SELECT create_reference_table('parted');

-- a schema is distributed table by table
CREATE TABLE companies (id int PRIMARY KEY);
CREATE TABLE campaigns (id int, company int REFERENCES companies, PRIMARY KEY (id, company));
INSERT INTO companies SELECT generate_series(1, 20);
INSERT INTO campaigns SELECT i, 1 + i % 20 FROM generate_series(1, 100) i;
SELECT create_distributed_table('companies', 'id');
SELECT create_distributed_table('campaigns', 'company');
SELECT count(*) FROM campaigns JOIN companies ON company = companies.id;
-- a key that was not valid stays so
CREATE TABLE orphans (company int);
INSERT INTO orphans VALUES (99);
ALTER TABLE orphans ADD CONSTRAINT late_key FOREIGN KEY (company) REFERENCES companies NOT VALID;
SELECT create_distributed_table('orphans', 'company');
SELECT * FROM orphans;

SELECT replicate_reference_tables('force_logical');
SELECT replicate_reference_tables();
SET client_min_messages TO warning;
DROP SCHEMA ref CASCADE;
