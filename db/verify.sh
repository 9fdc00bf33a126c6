#!/bin/bash
# Verifies the hash chains of all sessions with several workers at once, see docs/audit.md. It can be interrupted; the
# next call goes on where it stopped.
set -euo pipefail

usage() {
  cat >&2 <<USAGE
usage: $0 [-j WORKERS] [-s SINCE] [-a] [-- psql options]
  -j  how many workers, 2 unless given; each is a connection and keeps one core of the database busy
  -s  only sessions with an event at or after this time
  -a  afresh, even when a verification is not done
Writes a CSV row for each session that does not fit its chain, with its first misfit that nobody had acknowledged
and the number of others; ends with 0 when there is none, or when all are acknowledged, and with 1 otherwise.
The password comes from ~/.pgpass or PGPASSFILE, because each worker needs it; the database is PGDATABASE unless given.
USAGE
  exit 2
}

workers=2 since='' afresh=false
while getopts 'j:s:a' option; do
  case $option in
    j) workers=$OPTARG ;;
    s) since=$OPTARG ;;
    a) afresh=true ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[[ $workers =~ ^[1-9][0-9]*$ ]] || usage
# After -- or the first word, getopts leaves all options to psql.
psql=(psql -X -q -v ON_ERROR_STOP=1 "$@")
# A verification writes what it finds, and may take longer than the auditor's questions.
export PGOPTIONS="${PGOPTIONS:-} -c default_transaction_read_only=off -c statement_timeout=0 \
  -c search_path=pg_catalog"

verification=$("${psql[@]}" -At -v since="$since" -v afresh="$afresh" <<< \
  "select audit.begin_verification(nullif(:'since', '')::timestamptz, :'afresh'::boolean)")

# The first worker shows the progress of all; their findings are shown once, at the end.
level=notice pids=()
trap 'kill "${pids[@]}" 2> /dev/null || true' EXIT
for ((n = 0; n < workers; n++)); do
  PGOPTIONS="$PGOPTIONS -c client_min_messages=$level" \
    "${psql[@]}" -o /dev/null -c "call audit.verify_all(verification => $verification)" &
  pids+=($!) level=error
done
for pid in "${pids[@]}"; do
  wait "$pid"
done
pids=()

"${psql[@]}" --csv -c "select tenant, session_id, cursor, kind, acknowledged_by, acknowledged_why, others
  from audit.verification_misfits where verification_id = $verification order by tenant, session_id"
[[ $("${psql[@]}" -At -c "select count(*) from audit.verification_misfits
  where verification_id = $verification and not acknowledged") == 0 ]]
