-- What follows has other parameters from now on.
set role tidemark_owner;

-- An archive without a record is refused unless the DBA vouches for it.
drop function if exists tidemark.begin_restore(jsonb);

create table tidemark.publication_look (
  only_row  boolean     primary key default true check (only_row),
  looked_to timestamptz not null
);
comment on table tidemark.publication_look is
  'Where the last look for ids of published events that are of no use any more ended; one row';
comment on column tidemark.publication_look.only_row is 'Always true';
comment on column tidemark.publication_look.looked_to is
  'publication.published_at of the last row that was looked at; -infinity when the next look begins with the oldest';

insert into tidemark.schema_version (version, description, compatible_from) values (20, 'it holds', 8);

reset role;
