-- partitions by time: which there are, which lack, making and dropping them
\set SHOW_CONTEXT never
CREATE SCHEMA time_parts;
SET search_path TO time_parts;
SET timezone TO 'UTC';
SET datestyle TO 'ISO';
SET citus.shard_count TO 2;
CREATE TABLE events (id int, at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE days ("the day" date, v int) PARTITION BY RANGE ("the day");
CREATE TABLE "Odd Name" (at timestamp) PARTITION BY RANGE (at);
CREATE TABLE by_number (n int) PARTITION BY RANGE (n);
CREATE TABLE two (a timestamptz, b timestamptz) PARTITION BY RANGE (a, b);
SELECT create_distributed_table('events', 'id', colocate_with => 'none');

-- which lack
SELECT * FROM get_missing_time_partition_ranges('events', '1 month', '2024-04-10', '2024-01-31 12:00');
SELECT * FROM get_missing_time_partition_ranges('events', '1 year', '2025-06-01', '2023-06-01');
SELECT * FROM get_missing_time_partition_ranges('events', '3 months', '2024-06-01', '2024-02-01');
SELECT * FROM get_missing_time_partition_ranges('events', '1 week', '2024-01-12', '2024-01-03');
SELECT * FROM get_missing_time_partition_ranges('days', '1 day', '2024-03-01', '2024-02-28');
SELECT * FROM get_missing_time_partition_ranges('"Odd Name"', '6 hours', '2024-03-01 07:00', '2024-03-01 01:30');
SELECT * FROM get_missing_time_partition_ranges('"Odd Name"', '10 minutes', '2024-03-01 01:47', '2024-03-01 01:30:30');

-- making them: once, and what lies between
SELECT create_time_partitions('events', '1 month', '2024-04-10', '2024-01-31 12:00');
SELECT create_time_partitions('events', '1 month', '2024-04-10', '2024-01-31 12:00');
DROP TABLE events_p2024_03;
SELECT create_time_partitions('events', '1 month', '2024-04-10', '2024-01-31 12:00');
SELECT create_time_partitions('days', '1 day', '2024-03-01', '2024-02-28');
SELECT create_time_partitions('"Odd Name"', '1 day', '2024-03-01 07:00', '2024-03-01 01:30');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
SELECT parent_table, partition_column, partition, from_value, to_value, access_method FROM time_partitions
WHERE parent_table::text ~ 'events|days|Odd';
SELECT * FROM time_partition_range('events_p2024_02');
SELECT * FROM time_partition_range('events_rest');

-- the partitions are distributed with their table
INSERT INTO events SELECT i, '2024-01-05'::timestamptz + i * interval '10 days' FROM generate_series(1, 8) i;
SELECT tableoid::regclass AS partition, count(*) FROM events GROUP BY tableoid ORDER BY tableoid::regclass::text;
SELECT count(*) = count(DISTINCT shardid) AND count(*) = 12 FROM citus_shards WHERE table_name::text ~ '^events';

-- letting go
CALL drop_old_time_partitions('events', '2024-03-01');
SELECT partition FROM time_partitions WHERE parent_table = 'events'::regclass;
SELECT count(*) FROM events;

-- what cannot be
SELECT create_time_partitions('by_number', '1 day', '2024-03-01', '2024-02-28');
SELECT create_time_partitions('two', '1 day', '2024-03-01', '2024-02-28');
SELECT create_time_partitions('days', '1 hour', '2024-03-01', '2024-02-28');
SELECT create_time_partitions('days', '-1 day', '2024-03-01', '2024-02-28');
SELECT create_time_partitions('days', '1 day', '2024-03-01', '2024-03-01');
SELECT create_time_partitions('days', '2 days', '2024-03-05', '2024-02-27');
SELECT time_partition_range('by_number');
CALL drop_old_time_partitions('by_number', now());

SET client_min_messages TO warning;
DROP SCHEMA time_parts CASCADE;
