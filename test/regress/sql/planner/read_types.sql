-- values of all kinds of types come back as they are, under any client's settings; partitioned tables know their partitions
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE SCHEMA read_types;
SET search_path TO read_types;
create type mood as enum('sad','ok'); create type pt as (x int, m mood); create domain posint as int check (value>0) not null; create type tr as range (subtype=timestamptz);
create table plain(k int, gone text, m mood, p pt, d posint, arr int[], ma mood[], rc regclass, rt regtype, j jsonb, ts timestamptz, iv interval, n numeric(8,2), r int4range, tr tr, u uuid, by bytea, inet inet, bits bit(5), vb varbit, ch char(5), vc varchar(10), nm name, oi oid, xm xml, pa pt[], mon money, tm time, tz timetz, f4 float4, f8 float8, b bool, pg point, tv tsvector, lsn pg_lsn, c "char");
alter table plain drop column gone;
insert into plain select i, 'sad'::mood, row(i,'ok'::mood)::pt, i, array[i,null], array['ok'::mood], 'pg_class'::regclass, 'int4'::regtype, '{"a":1}', '2024-01-01'::timestamptz + i*interval '1h', i*interval '1 day 2 hours', i/3.0, int4range(i,i+5), '[2024-01-01,2024-02-01)', md5(i::text)::uuid, '\xdeadbeef', '10.0.0.1', B'10101', B'11', 'ab', 'xyz', 'nm', 16384, '<a/>', array[row(1,'sad'::mood)::pt], 12.34, '12:34', '12:34+02', 1.1, 'NaN', true, '(1,2)', 'a b', '0/16B', 'x' from generate_series(1,20) i;
insert into plain(k,d) values (null,5);
create table dist (like plain); select create_distributed_table('dist','k',shard_count=>4) \g /dev/null

insert into dist select * from plain;
select count(*) from (select plain::text from plain except all select dist::text from dist) x;
select count(*) from (select to_jsonb(plain)-'xm' from plain except all select to_jsonb(dist)-'xm' from dist) x;
select * from dist where k=3;
select (dist.p).x, (dist.p).m, dist.pa[1].x from dist where k=4;
select k from dist where p = row(5,'ok')::pt;
select k from dist where m='sad' and k<3 order by k;
select count(*) from dist where rc='pg_class'::regclass; select rc::text, rt::oid, count(*) from dist where k is not null group by 1,2;
select dist from dist where k=2;
select count(*) from dist where ts > '2024-01-01 05:00' and iv < '10 days';
set timezone='Asia/Tokyo'; set datestyle='SQL, DMY'; set intervalstyle='iso_8601'; set extra_float_digits=0; set bytea_output=escape;
select k, ts, iv, f8, by, ts::date, tr from dist where k=20;
select k, ts, iv, f8, by, ts::date, tr from plain where k=20;
select count(*) from (select plain::text from plain except all select dist::text from dist) x;
select ts::text, iv::text, to_char(ts,'HH24 TZ') from dist where k=5 order by 1; select ts::text, iv::text, to_char(ts,'HH24 TZ') from plain where k=5 order by 1;
select count(*) from dist where ts = '02/01/2024 00:00'; select count(*) from plain where ts = '02/01/2024 00:00';
prepare q(timestamptz, interval) as select count(*) from dist where ts > $1 and iv < $2; execute q('02/01/2024 00:00','P20D'); prepare q2(timestamptz, interval) as select count(*) from plain where ts > $1 and iv < $2; execute q2('02/01/2024 00:00','P20D');
reset timezone; reset datestyle; reset intervalstyle; reset extra_float_digits; reset bytea_output;
create table pp(k int, d date, v int) partition by range(d); create table pp1 partition of pp for values from ('2024-01-01') to ('2024-02-01'); create table pp2 (v int, d date, k int); alter table pp attach partition pp2 for values from ('2024-02-01') to ('2024-03-01');
create table plainpp as select i k, '2024-01-01'::date + i d, i%5 v from generate_series(0,50) i;
select create_distributed_table('pp','k',shard_count=>4) \g /dev/null

insert into pp select * from plainpp;
select count(*), sum(v) from pp; select count(*) from pp where d < '2024-01-10'; select * from pp where k=40; select count(*) from pp1; select count(*) from only pp; select count(*) from pp2 where k=35;
select v, count(*) from pp group by v order by v;
select p.k, q.v from pp p join pp2 q using (k) where p.k>45 order by 1;
select tableoid::regclass, count(*) from pp1 group by 1;
select tableoid::regclass, count(*) from pp group by 1 order by 1;
select l.k from plainpp l join pp using (k, d) where l.v=1 order by 1 limit 3;
DROP SCHEMA read_types CASCADE;
