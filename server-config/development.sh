#!/usr/bin/env bash
# For development and tests only; the build runs it on target/server. Adds six accounts whose password is their name,
# and a filter that answers 403 to requests from other machines.
#
#   development.sh [--base DIR] [--config standalone.xml] WILDFLY_HOME
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
read_arguments "$@"
begin
cp "$here"/development/*.properties "$work/configuration/"
run_cli development.cli
cp "$here"/development/*.properties "$base/configuration/"
! is_changed || commit
