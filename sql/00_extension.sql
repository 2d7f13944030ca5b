-- The install script of the extension is the files of this folder in order.
\echo Use "CREATE EXTENSION citus" to load this file. \quit
