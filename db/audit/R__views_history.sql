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
  'All events: those that clients can still be sent, and those that are history. Fast by tenant, session_id and '
  'cursor, and by created_at; for the events of a turn begin with audit.turn_history';
comment on column audit.event_history.tenant is
  'Tenant of the session; null for an event without a session, which is damage';
comment on column audit.event_history.session_id is
  'Name of the session, as clients use it; null for an event without a session';
comment on column audit.event_history.cursor is 'Number of the event in its session: 1, 2, 3, … without a gap';
comment on column audit.event_history.event_id is 'Id of the event, the same live and replayed';
comment on column audit.event_history.type is 'Type of the event, as on the wire: message, token_stream, response, …';
comment on column audit.event_history.source is 'Author of the event: a principal, or the id of an agent';
comment on column audit.event_history.turn_id is 'Turn that the event belongs to; null outside turns';
comment on column audit.event_history.payload is
  'Data of the event as json, byte for byte as it was sent; payload ->> ''content'' reads a field';
comment on column audit.event_history.created_at is
  'Time of the append; never earlier than that of the event before it in the session';
comment on column audit.event_history.epoch_id is 'Epoch in which the event was written';
comment on column audit.event_history.chain_hash is
  'SHA-256 over this event and the hash of the event before it, in hexadecimal';
comment on column audit.event_history.history_position is
  'Position in the order of all events of all sessions; may have gaps, and is not part of the chain';
comment on column audit.event_history.replayable is
  'Whether a client can still be sent the event: its cursor is not below the floor';
grant select on audit.event_history to tidemark_auditor;

create or replace view audit.session_history
  (tenant, session_id, agent_id, owner, created_at, closed_at, head_cursor, last_event_at, chain_hash, floor_cursor,
   replayable_since, first_cursor, replayable_events, past_events, messages, turns, state, state_cursor,
   session_number) as
select s.tenant, s.session_id, s.agent_id, s.owner, s.created_at, s.closed_at,
       h.head_cursor, h.last_event_at, encode(h.chain_hash, 'hex'), h.floor_cursor, h.floor_at,
       coalesce(a.cursor, 0) + 1, h.head_cursor - h.floor_cursor + 1, h.floor_cursor - 1 - coalesce(a.cursor, 0),
       (select count(*) from tidemark.message m where m.session_key = s.session_key),
       (select count(*) from tidemark.turn t where t.session_key = s.session_key),
       st.state, st.state_cursor, s.session_key
  from tidemark.session s
  left join tidemark.session_head h using (session_key)
  left join tidemark.chain_anchor a using (session_key)
  left join tidemark.session_state st using (session_key);
comment on view audit.session_history is
  'Sessions: owner, position, and how much of the log is still there. Fast by tenant and session_id, or by owner. '
  'head_cursor and chain_hash, kept elsewhere, are the arguments of audit.verify_since';
comment on column audit.session_history.tenant is 'Tenant of the session';
comment on column audit.session_history.session_id is
  'Name of the session, as clients use it; unique within the tenant';
comment on column audit.session_history.agent_id is 'Agent that answers in the session';
comment on column audit.session_history.owner is 'Principal that created the session';
comment on column audit.session_history.created_at is 'Time of the creation';
comment on column audit.session_history.closed_at is 'Time at which the session was closed; null while it is open';
comment on column audit.session_history.head_cursor is
  'Cursor of the newest event, which is also the number of events ever appended; 0 before the first';
comment on column audit.session_history.last_event_at is 'Time of the newest event; null before the first';
comment on column audit.session_history.chain_hash is
  'chain_hash of the newest event, in hexadecimal; 64 zeros before the first';
comment on column audit.session_history.floor_cursor is
  'Oldest cursor that can be replayed; head_cursor + 1 if none can';
comment on column audit.session_history.replayable_since is
  'Lower bound of created_at of the events that can be replayed';
comment on column audit.session_history.first_cursor is
  'Cursor from which on all events are there: 1, or the one after the events that left for good';
comment on column audit.session_history.replayable_events is 'Number of events that can be replayed';
comment on column audit.session_history.past_events is 'Number of events from first_cursor on that are below the floor';
comment on column audit.session_history.messages is
  'Number of messages, of clients and the agent; counted by each query';
comment on column audit.session_history.turns is 'Number of turns; counted by each query';
comment on column audit.session_history.state is
  'State of the session as jsonb: its state_update events merged in order (RFC 7396)';
comment on column audit.session_history.state_cursor is
  'Cursor up to which state reflects the events: that of the newest state_update event; 0 if there is none';
comment on column audit.session_history.session_number is
  'Number of the session inside the database (session_key), which some log lines give';
grant select on audit.session_history to tidemark_auditor;

create or replace view audit.member_history
  (member_id, tenant, session_id, principal, may_write, added_at, added_by, removed_at, removed_by) as
select m.member_id, s.tenant, s.session_id, m.principal, m.may_write, m.added_at, m.added_by, m.removed_at, m.removed_by
  from tidemark.session_member m
  join tidemark.session s using (session_key);
comment on view audit.member_history is
  'Members of sessions, present and past: one row for each period in which a principal other than the owner could '
  'read or write a session';
comment on column audit.member_history.member_id is 'Number in the order in which members were added';
comment on column audit.member_history.tenant is 'Tenant of the session and of the member';
comment on column audit.member_history.session_id is 'Name of the session';
comment on column audit.member_history.principal is 'Principal that the session is shared with';
comment on column audit.member_history.may_write is
  'Whether the member may send messages and abort turns; false if the member may only read';
comment on column audit.member_history.added_at is 'Time from which on the member had this access';
comment on column audit.member_history.added_by is 'Principal that gave the access';
comment on column audit.member_history.removed_at is
  'Time at which the access ended or changed; null while it is in force';
comment on column audit.member_history.removed_by is
  'Principal that ended or changed the access; null while it is in force';
grant select on audit.member_history to tidemark_auditor;

create or replace view audit.message_history
  (tenant, session_id, cursor, message_id, sender, role, text, content, metadata, created_at, turn_id) as
select s.tenant, s.session_id, m.cursor, m.message_id, m.sender, m.role, m.content #>> '{}', m.content, m.metadata,
       m.created_at, m.turn_id
  from tidemark.message m
  join tidemark.session s using (session_key);
comment on view audit.message_history is
  'Messages of clients and agents; they stay when their events have left for good. Fast by tenant and session_id, and '
  'by sender and created_at';
comment on column audit.message_history.tenant is 'Tenant of the session';
comment on column audit.message_history.session_id is 'Name of the session';
comment on column audit.message_history.cursor is 'Cursor of the event of the message, of type message or response';
comment on column audit.message_history.message_id is
  'Id of the message, given by the client or else by the gateway; for a message of an agent, its turn_id';
comment on column audit.message_history.sender is 'Principal, or id of the agent';
comment on column audit.message_history.role is 'user or agent';
comment on column audit.message_history.text is 'Content as text: a string as it is, an object as its JSON';
comment on column audit.message_history.content is 'Content as json: a string or an object';
comment on column audit.message_history.metadata is
  'Data for the agent that the client sent with the message, as json; {} if none';
comment on column audit.message_history.created_at is 'Time of the append';
comment on column audit.message_history.turn_id is 'Turn whose answer the message is; null for a message of a client';
grant select on audit.message_history to tidemark_auditor;

create or replace view audit.turn_history
  (tenant, session_id, turn_id, agent_id, message_cursor, message_id, status, outcome, attempts, queued_at, started_at,
   ended_at, waited, duration, started_cursor, ended_cursor, abort_requested_at, abort_reason, lease_owner,
   lease_ends_at) as
select s.tenant, s.session_id, t.turn_id, t.agent_id, t.message_cursor, t.message_id, t.status,
       case when t.status not in ('queued', 'running') then t.status end,
       t.attempt, t.queued_at, t.started_at, t.ended_at, t.started_at - t.queued_at, t.ended_at - t.started_at,
       t.started_cursor, t.ended_cursor, t.abort_requested_at, t.abort_reason, t.lease_owner, t.lease_ends_at
  from tidemark.turn t
  join tidemark.session s using (session_key);
comment on view audit.turn_history is
  'Turns: the work of agents on messages, one row for each attempt. Fast by turn_id, and by tenant and session_id. '
  'The events of a turn are those of audit.event_history with its tenant, session_id and turn_id, and a cursor from '
  'started_cursor to ended_cursor + 1';
comment on column audit.turn_history.tenant is 'Tenant of the session';
comment on column audit.turn_history.session_id is 'Name of the session';
comment on column audit.turn_history.turn_id is 'Id of the turn, in each of its events';
comment on column audit.turn_history.agent_id is 'Agent that runs the turn';
comment on column audit.turn_history.message_cursor is 'Cursor of the message that caused the turn';
comment on column audit.turn_history.message_id is 'message_id of that message';
comment on column audit.turn_history.status is
  'queued, running, or the outcome: completed, failed, aborted or interrupted';
comment on column audit.turn_history.outcome is
  'completed, failed, aborted or interrupted; null until the turn has ended';
comment on column audit.turn_history.attempts is
  'Number of this attempt at the message, from 1; a retry after an interruption is a turn of its own';
comment on column audit.turn_history.queued_at is
  'Time at which the turn was queued: with its message, or at the interruption that it retries';
comment on column audit.turn_history.started_at is 'Time of the turn_started event; null while queued';
comment on column audit.turn_history.ended_at is 'Time of the terminal event; null until then';
comment on column audit.turn_history.waited is 'Time from queued_at to started_at; null while queued';
comment on column audit.turn_history.duration is 'Time from started_at to ended_at; null until the turn has ended';
comment on column audit.turn_history.started_cursor is 'Cursor of the turn_started event; null while queued';
comment on column audit.turn_history.ended_cursor is
  'Cursor of the terminal event (response, aborted, turn_failed or turn_interrupted), which stream_end follows; null '
  'until then';
comment on column audit.turn_history.abort_requested_at is
  'Time at which a client asked to abort the turn; null if none did';
comment on column audit.turn_history.abort_reason is
  'Reason that the client gave, or ''user'' if it gave none; null if no abort was requested';
comment on column audit.turn_history.lease_owner is 'Node that runs the turn; null unless it is running';
comment on column audit.turn_history.lease_ends_at is
  'Time after which that node counts as dead unless it renews the lease; null unless the turn is running';
grant select on audit.turn_history to tidemark_auditor;

reset role;
