-- The schema of the auditor. Its views and functions are a contract: they change only by addition.
set role tidemark_owner;

create schema if not exists audit;
comment on schema audit is 'Views and functions for auditors; a contract that changes only by addition';
grant usage on schema audit to tidemark_auditor;

reset role;
