-- What follows has other parameters from now on.
set role tidemark_owner;

-- An archive without a record is refused unless the DBA vouches for it.
drop function if exists tidemark.begin_restore(jsonb);

insert into tidemark.schema_version (version, description, compatible_from) values (20, 'it holds', 8);

reset role;
