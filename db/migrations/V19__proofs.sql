-- What a verification found is told apart from what was acknowledged later, digests wait for transactions that are
-- still open, and one can see when the proofs were last made.
set role tidemark_owner;

-- Has one column more in its result from now on.
drop function if exists tidemark.chain_findings(bigint, bigint, timestamptz);

alter table tidemark.verification_misfit
  add column others bigint,
  add constraint verification_misfit_counts_others check (others >= 0);
comment on table tidemark.verification_misfit is
  'Findings of verifications, one row for each session that does not fit: its first misfit that nobody had '
  'acknowledged, or else the first';
comment on column tidemark.verification_misfit.others is
  'Number of further misfits of the session that nobody had acknowledged when it was verified; null in findings from '
  'before version 19';

create trigger verification_batch_is_done_once before update on tidemark.verification_batch
  for each row when (old.verified_at is not null)
  execute function tidemark.refuse_change();
create trigger verification_batch_is_a_record before delete or truncate on tidemark.verification_batch
  for each statement execute function tidemark.refuse_change();

create table tidemark.digest_look (
  only_row   boolean     primary key default true check (only_row),
  looked_at  timestamptz not null,
  over_until date        not null,
  writers    text[]      not null default '{}'
);
comment on table tidemark.digest_look is 'The last look for days whose records are to be digested; one row';
comment on column tidemark.digest_look.only_row is 'Always true';
comment on column tidemark.digest_look.looked_at is 'Time of the look';
comment on column tidemark.digest_look.over_until is 'Newest day (UTC) that was over at that time';
comment on column tidemark.digest_look.writers is
  'Transactions, as pg_locks names them, that had written records before that day was looked at for the first time and '
  'were still open at the look: the day has no digest before they have ended';

comment on column tidemark.privilege_record.kind is
  'attribute or setting of a role or the database, member, owner, or what the privilege is on: database, schema, '
  'table, column, sequence, function, default (objects that are made later) or parameter';

insert into tidemark.schema_version (version, description, compatible_from) values (19, 'proofs', 8);

reset role;
