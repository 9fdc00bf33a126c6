-- Whose message a turn answers: running turns are shared out among senders, and the queue of each is bounded.
set role tidemark_owner;

alter table tidemark.turn add column sender text;
comment on column tidemark.turn.sender is
  'Sender of the message that caused it, a principal of the session''s tenant; null in what an application before '
  'schema 22 wrote';

create index turn_queued_of on tidemark.turn (sender) where status = 'queued';
comment on index tidemark.turn_queued_of is 'The queued turns of a principal';

insert into tidemark.schema_version (version, description, compatible_from) values (22, 'shares of turns', 8);

reset role;
