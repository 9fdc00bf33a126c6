#!/usr/bin/env bash
# Undoes sso.sh. It can be run again at any time.
#
#   sso-off.sh [--base DIR] [--config standalone.xml] WILDFLY_HOME    the server is stopped
#   sso-off.sh [--force] --connect HOST:PORT WILDFLY_HOME             the server runs, and is reloaded
#
# It does all of it or nothing. --force reloads the server even if tidemark.war is deployed, and so cuts its clients off.
# Remove TIDEMARK_OIDC_ISSUER from the server's environment too: while it is set, only tokens of that provider count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
read_arguments "$@"
begin
run_cli sso-off.cli
if is_changed; then
  refuse_reload
  commit
fi
echo "Single sign-on is off."
