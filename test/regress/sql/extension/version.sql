-- The extension reports the version that clients of Citus test for, and lies where they look for it.
SELECT extversion, extnamespace::regnamespace, extrelocatable FROM pg_extension WHERE extname = 'citus';
-- A second creation is refused as for any extension.
CREATE EXTENSION citus;
