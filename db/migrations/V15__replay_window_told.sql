-- The gateway tells a client its replay window, which the policies in force decide.
set role tidemark_owner;

grant select on tidemark.policy_in_force to tidemark_app;

insert into tidemark.schema_version (version, description, compatible_from) values (15, 'replay window told', 8);

reset role;
