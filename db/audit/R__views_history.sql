-- The history of each session. Columns that a query omits cost nothing: PostgreSQL omits the joins by key behind them.
-- A condition on created_at selects partitions, one on tenant and session_id uses the keys.
set role tidemark_owner;

create or replace view audit.event_history
  (tenant, session_id, cursor, event_id, type, source, turn_id, payload, created_at, epoch_id, chain_hash,
   history_position, replayable) as
select s.tenant, s.session_id, e.cursor, e.event_id, e.type, e.source, e.turn_id, e.payload, e.created_at, p.epoch_id,
       encode(e.chain_hash, 'hex'), e.history_position, e.cursor >= h.floor_cursor
  from tidemark.event_all e
  left join tidemark.session s using (session_key)
  left join tidemark.session_head h using (session_key)
  left join tidemark.epoch p using (epoch_number);
comment on view audit.event_history is
  'Every event there is, those that clients can still be sent and those that are history. Quick by tenant, session_id and '
  'cursor, and by created_at; for the events of a turn begin with audit.turn_history';
comment on column audit.event_history.tenant is 'The tenant of the session; null for an event of no session, which is damage';
comment on column audit.event_history.session_id is 'The session, by the name that clients use';
comment on column audit.event_history.cursor is 'Number of the event in its session: 1, 2, 3, … without a hole';
comment on column audit.event_history.event_id is 'Identity of the event, the same live and replayed';
comment on column audit.event_history.type is 'Type of the event as on the wire: message, token_stream, response, …';
comment on column audit.event_history.source is 'Who made it: the id of an agent, a principal, or the gateway itself';
comment on column audit.event_history.turn_id is 'The turn it belongs to, null outside turns';
comment on column audit.event_history.payload is 'The data of the event as json, byte for byte as it was sent: payload ->> ''content''';
comment on column audit.event_history.created_at is 'When it was appended; never earlier than the event before it in its session';
comment on column audit.event_history.epoch_id is 'The epoch in which it was written';
comment on column audit.event_history.chain_hash is 'Hash of this event and the one before it, in hexadecimal';
comment on column audit.event_history.history_position is
  'Order of all events of all sessions; may have holes, and is not part of the chain';
comment on column audit.event_history.replayable is 'Whether a client can still be sent it: it is not below the floor';
grant select on audit.event_history to tidemark_auditor;

create or replace view audit.session_history
  (tenant, session_id, agent_id, owner, created_at, closed_at, head_cursor, last_event_at, chain_hash, floor_cursor,
   replayable_since, first_cursor, replayable_events, past_events, messages, turns, state, state_cursor) as
select s.tenant, s.session_id, s.agent_id, s.owner, s.created_at, s.closed_at,
       h.head_cursor, h.last_event_at, encode(h.chain_hash, 'hex'), h.floor_cursor, h.floor_at,
       coalesce(a.cursor, 0) + 1, h.head_cursor - h.floor_cursor + 1, h.floor_cursor - 1 - coalesce(a.cursor, 0),
       (select count(*) from tidemark.message m where m.session_key = s.session_key),
       (select count(*) from tidemark.turn t where t.session_key = s.session_key),
       st.state, st.state_cursor
  from tidemark.session s
  left join tidemark.session_head h using (session_key)
  left join tidemark.chain_anchor a using (session_key)
  left join tidemark.session_state st using (session_key);
comment on view audit.session_history is
  'Every session: whose it is, how far it is, what of it is there. Quick by tenant and session_id or owner. Its heads, '
  'kept outside, are what audit.verify_since takes';
comment on column audit.session_history.tenant is 'The tenant it belongs to';
comment on column audit.session_history.session_id is 'The name that clients use, unique within a tenant';
comment on column audit.session_history.agent_id is 'The agent that answers in it';
comment on column audit.session_history.owner is 'The principal that created it';
comment on column audit.session_history.created_at is 'When it was created';
comment on column audit.session_history.closed_at is 'When it was closed, null while it is open';
comment on column audit.session_history.head_cursor is 'Cursor of the newest event and so how many there ever were, 0 before the first';
comment on column audit.session_history.last_event_at is 'When the newest event was appended, null before the first';
comment on column audit.session_history.chain_hash is 'chain_hash of the newest event in hexadecimal, 64 zeros before the first';
comment on column audit.session_history.floor_cursor is 'Oldest cursor that can be replayed, head_cursor + 1 when none can';
comment on column audit.session_history.replayable_since is 'No event that can be replayed is earlier than this';
comment on column audit.session_history.first_cursor is 'Oldest cursor from which on all is there: 1, or what follows the events that left for good';
comment on column audit.session_history.replayable_events is 'How many events can be replayed';
comment on column audit.session_history.past_events is 'How many events from first_cursor on are below the floor';
comment on column audit.session_history.messages is 'How many messages there are, of both sides; counted when asked for';
comment on column audit.session_history.turns is 'How many turns there are; counted when asked for';
comment on column audit.session_history.state is 'The state as jsonb: the state_update events merged in order (RFC 7396)';
comment on column audit.session_history.state_cursor is 'The cursor up to which state reflects the events';
grant select on audit.session_history to tidemark_auditor;

create or replace view audit.member_history
  (member_id, tenant, session_id, principal, may_write, added_at, added_by, removed_at, removed_by) as
select m.member_id, s.tenant, s.session_id, m.principal, m.may_write, m.added_at, m.added_by, m.removed_at, m.removed_by
  from tidemark.session_member m
  join tidemark.session s using (session_key);
comment on view audit.member_history is
  'With whom sessions are and were shared, a row for each time: who may read or write one beside its owner';
comment on column audit.member_history.member_id is 'Order in which they were added';
comment on column audit.member_history.tenant is 'The tenant of the session and the member';
comment on column audit.member_history.session_id is 'The session';
comment on column audit.member_history.principal is 'The member';
comment on column audit.member_history.may_write is 'Whether they may say messages and abort turns; if not, only follow';
comment on column audit.member_history.added_at is 'Since when';
comment on column audit.member_history.added_by is 'Who shared it';
comment on column audit.member_history.removed_at is 'Until when, null while they are a member';
comment on column audit.member_history.removed_by is 'Who took them out, or changed what they may do';
grant select on audit.member_history to tidemark_auditor;

create or replace view audit.message_history
  (tenant, session_id, cursor, message_id, sender, role, text, content, metadata, created_at, turn_id) as
select s.tenant, s.session_id, m.cursor, m.message_id, m.sender, m.role, m.content #>> '{}', m.content, m.metadata,
       m.created_at, m.turn_id
  from tidemark.message m
  join tidemark.session s using (session_key);
comment on view audit.message_history is
  'What was said, by either side; stays when the event of the message has left. Quick by tenant and session_id, and by '
  'sender and created_at';
comment on column audit.message_history.tenant is 'The tenant of the session';
comment on column audit.message_history.session_id is 'The session';
comment on column audit.message_history.cursor is 'Cursor of its event, of type message or response';
comment on column audit.message_history.message_id is 'Id given by the sender';
comment on column audit.message_history.sender is 'The principal, or the id of the agent';
comment on column audit.message_history.role is 'user or agent';
comment on column audit.message_history.text is 'The content as text: itself if it is a string, else its JSON';
comment on column audit.message_history.content is 'The content as json: a string or an object';
comment on column audit.message_history.metadata is 'What the sender gave with it for the agent, as json';
comment on column audit.message_history.created_at is 'When it was appended';
comment on column audit.message_history.turn_id is 'The turn that it began, or that it answers';
grant select on audit.message_history to tidemark_auditor;

create or replace view audit.turn_history
  (tenant, session_id, turn_id, agent_id, message_cursor, message_id, status, outcome, attempts, queued_at, started_at,
   ended_at, waited, duration, started_cursor, ended_cursor, abort_requested_at, abort_reason, lease_owner, lease_ends_at) as
select s.tenant, s.session_id, t.turn_id, t.agent_id, t.message_cursor, t.message_id, t.status,
       case when t.status not in ('queued', 'running') then t.status end,
       t.attempt, t.queued_at, t.started_at, t.ended_at, t.started_at - t.queued_at, t.ended_at - t.started_at,
       t.started_cursor, t.ended_cursor, t.abort_requested_at, t.abort_reason, t.lease_owner, t.lease_ends_at
  from tidemark.turn t
  join tidemark.session s using (session_key);
comment on view audit.turn_history is
  'The work that messages caused. Quick by turn_id, and by tenant and session_id. The events of a turn are those of '
  'audit.event_history with its session, a cursor from message_cursor to ended_cursor, and its turn_id';
comment on column audit.turn_history.tenant is 'The tenant of the session';
comment on column audit.turn_history.session_id is 'The session';
comment on column audit.turn_history.turn_id is 'Identity of the turn, in every event of it';
comment on column audit.turn_history.agent_id is 'The agent that runs it';
comment on column audit.turn_history.message_cursor is 'Cursor of the message that caused it';
comment on column audit.turn_history.message_id is 'message_id of that message';
comment on column audit.turn_history.status is 'queued, running, or how it ended: completed, failed, aborted, interrupted';
comment on column audit.turn_history.outcome is 'How it ended, null while it has not';
comment on column audit.turn_history.attempts is '1 for the first run, one more after each interruption that is retried';
comment on column audit.turn_history.queued_at is 'When its message was recorded';
comment on column audit.turn_history.started_at is 'When the latest attempt began';
comment on column audit.turn_history.ended_at is 'When it ended';
comment on column audit.turn_history.waited is 'From queued_at to started_at';
comment on column audit.turn_history.duration is 'From started_at to ended_at';
comment on column audit.turn_history.started_cursor is 'Cursor of the turn_started event of the latest attempt';
comment on column audit.turn_history.ended_cursor is 'Cursor of its one terminal event';
comment on column audit.turn_history.abort_requested_at is 'When a client asked to stop it';
comment on column audit.turn_history.abort_reason is 'The reason that the client gave';
comment on column audit.turn_history.lease_owner is 'The node that runs it, or ran it';
comment on column audit.turn_history.lease_ends_at is 'When that node counts as dead unless it renews';
grant select on audit.turn_history to tidemark_auditor;

reset role;
