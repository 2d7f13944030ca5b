-- A table for all types of aggregates, and aggregates of users: with a state that is no result, polymorphic, without combine function
CREATE TYPE mood_of_sample AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE samples (k int, g int, i2 int2, i4 int4, i8 int8, n numeric, f4 float4, f8 float8, iv interval, mo money, t text, bp char(4),
    d date, ti time, tz timetz, ts timestamp, tstz timestamptz, b boolean, bi bit(4), by bytea, ip inet, lsn pg_lsn, x8 xid8,
    m mood_of_sample, ai int[], r int4range, mr int4multirange, x xml);
CREATE FUNCTION spread_step(int[], int) RETURNS int[] LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN $2 IS NULL THEN $1 ELSE ARRAY[least($1[1], $2), greatest($1[2], $2)] END';
CREATE FUNCTION spread_both(int[], int[]) RETURNS int[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[least($1[1], $2[1]), greatest($1[2], $2[2])]';
CREATE FUNCTION spread_result(int[]) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1[2] - $1[1]';
CREATE AGGREGATE spread(int) (SFUNC = spread_step, STYPE = int[], COMBINEFUNC = spread_both, FINALFUNC = spread_result, INITCOND = '{NULL,NULL}');
CREATE FUNCTION last_step(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS 'SELECT greatest($1, $2)';
CREATE AGGREGATE greatest_of(anyelement) (SFUNC = last_step, STYPE = anyelement, COMBINEFUNC = last_step);
CREATE AGGREGATE glued(text) (SFUNC = textcat, STYPE = text);
-- cluster: SELECT create_distributed_table('samples', 'k', shard_count => 6)
INSERT INTO samples SELECT i, i % 5, i % 9, i % 50, i * 1000000007::int8, i / 7.0, i % 13, i * 1.5, i * interval '1 hour', i::money, 't' || i % 12, 'b' || i % 7,
    date '2024-01-01' + i % 20, time '00:00' + i * interval '7 min', timetz '00:00+01' + i * interval '7 min', timestamp '2024-01-01' + i * interval '1 day',
    timestamptz '2024-01-01 00:00+00' + i * interval '1 day', i % 3 = 0, (i % 16)::bit(4), int4send(i % 11), ('10.0.0.' || i % 30)::inet, ('0/' || i)::pg_lsn,
    (i % 40)::text::xid8, (ARRAY['sad','ok','happy'])[1 + i % 3]::mood_of_sample, ARRAY[i % 5, i % 3], int4range(i - 60, i + 60), int4multirange(int4range(i, i + 80)),
    ('<a>' || i || '</a>')::xml FROM generate_series(1, 90) i;
INSERT INTO samples (k, g) SELECT i, i % 4 FROM generate_series(91, 100) i;
INSERT INTO samples (g, i4, f8, t) VALUES (7, 3, 2.5, 'alone'), (NULL, 4, 1, 'none');
-- aggregates of users
SELECT spread(i4), g FROM samples GROUP BY g ORDER BY g;
SELECT spread(i4) FROM samples;
SELECT spread(i4), stddev(f8), count(DISTINCT g) FROM samples;
SELECT g, greatest_of(t), greatest_of(d), greatest_of(n) FROM samples GROUP BY g ORDER BY g;
SELECT greatest_of(m), spread(i4) FILTER (WHERE g = 3) FROM samples;
SELECT glued(t ORDER BY k, g) FROM samples;
SELECT g, spread(i4) FROM samples GROUP BY g HAVING stddev(i4) > 14 ORDER BY spread(i4), g;
SELECT spread(i4) + 1, stddev(f8), rank() OVER (ORDER BY max(i4)) FROM samples GROUP BY g ORDER BY 1, 3;
