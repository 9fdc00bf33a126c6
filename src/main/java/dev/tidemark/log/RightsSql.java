package dev.tidemark.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Reads which of the rights that the application needs its role lacks, and {@code tidemark_reader},
 * which it takes to read for callers. A test holds the list against what the migrations grant.
 */
final class RightsSql {
  private static final String MISSING =
      """
      with application (relation, privileges) as (values
        ('admin_record', 'select insert'), ('epoch', 'select'), ('event', 'select insert'),
        ('join_record', 'select insert'), ('leave_record', 'select insert'), ('message', 'select insert'),
        ('node_record', 'select insert update(access_lost,access_until,leaves_lost,seen_at,stopped_at)'),
        ('policy_in_force', 'select'), ('publication', 'select insert update(cursor,published_at)'),
        ('purge_record', 'select'),
        ('read_progress', 'select insert'), ('refusal_record', 'select insert'),
        ('rest_reading_record', 'select insert'), ('resync_record', 'select insert'),
        ('revocation', 'select insert'), ('schema_version', 'select'), ('sign_in_record', 'select insert'),
        ('session', 'select insert update(closed_at)'),
        ('session_head', 'select insert update(chain_hash,head_cursor,last_event_at)'),
        ('session_member', 'select insert update(removed_at,removed_by)'), ('session_state', 'select insert update'),
        ('turn', 'select insert update'), ('history_position', 'usage'), ('turn_number', 'usage')
      ), reader (relation) as (values
        ('epoch'), ('event'), ('message'), ('session'), ('session_head'), ('session_member'), ('session_state'),
        ('turn')
      ), needed (role, relation, privilege, name, columns) as (
        select role, relation, privilege, split_part(privilege, '(', 1),
               string_to_array(split_part(rtrim(privilege, ')'), '(', 2), ',')
          from (select current_user::name, relation, string_to_table(privileges, ' ') from application
                union all
                select 'tidemark_reader'::name, relation, 'select' from reader) n (role, relation, privilege)
      ), missing (statement) as (
        select format('grant %s on %s tidemark.%I to %I', privilege,
                 case name when 'usage' then 'sequence' else 'table' end, relation, role)
          from needed n
          left join pg_catalog.pg_class c on c.relnamespace = 'tidemark'::regnamespace and c.relname = n.relation
          left join pg_catalog.pg_roles r on r.rolname = n.role
         where not coalesce(case
                 when name = 'usage' then has_sequence_privilege(r.oid, c.oid, name)
                 when columns = '{}' then has_table_privilege(r.oid, c.oid, name)
                 else (select bool_and(has_column_privilege(r.oid, c.oid, col, name)) from unnest(columns) col)
                end, false)
        union all
        select format('grant execute on function %s to %I', p.oid::regprocedure, current_user)
          from pg_catalog.pg_proc p
         where p.pronamespace = 'tidemark'::regnamespace and p.proname in (
                  'begin_revocation', 'bind_ticket', 'digest_records', 'drop_day', 'end_login',
                  'ended_logins', 'ensure_partitions', 'event_hash', 'forget_admin_records',
                  'forget_logins', 'forget_publications', 'forget_records', 'forget_tickets',
                  'hash_field', 'issue_ticket', 'leave_history', 'merge_patch', 'note_privileges',
                  'note_retention_settings', 'observe_epoch', 'open_session',
                  'open_session_of_tenant', 'open_sessions', 'open_sessions_of', 'raise_floor',
                  'raise_floors', 'renew_logins', 'retire_day', 'spend_ticket')
           and not has_function_privilege(p.oid, 'execute')
        union all
        select format('grant tidemark_reader to %I', current_user)
         where not coalesce((select pg_has_role(oid, 'member') from pg_catalog.pg_roles
                              where rolname = 'tidemark_reader'), false)
      )
      select string_agg(statement, '; ' order by statement) from missing""";

  private RightsSql() {}

  /** The statements that grant what is missing, separated by semicolons; empty if nothing is. */
  static Optional<String> missing(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(MISSING);
        ResultSet row = select.executeQuery()) {
      row.next();
      return Optional.ofNullable(row.getString(1));
    }
  }
}
