-- Every function, table and view of the extension is described.
CREATE TEMP VIEW member AS
    SELECT classid, objid FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
        AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'citus');

SELECT count(*) > 20 AS there_are_many FROM member WHERE classid IN ('pg_proc'::regclass, 'pg_class'::regclass);

SELECT pg_describe_object(classid, objid, 0) AS lacks_a_description
FROM member LEFT JOIN pg_class c ON classid = 'pg_class'::regclass AND c.oid = objid
WHERE (classid = 'pg_proc'::regclass OR relkind IN ('r', 'v')) AND obj_description(objid, classid::regclass::name) IS NULL
ORDER BY 1;
