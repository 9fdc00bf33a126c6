#!/usr/bin/env bash
# Undoes sso.sh. It can be run again at any time.
#
#   sso-off.sh [--base DIR] [--config standalone.xml] WILDFLY_HOME    the server is stopped
#   sso-off.sh --connect HOST:PORT WILDFLY_HOME                       the server runs, and is reloaded
#
# Remove TIDEMARK_OIDC_ISSUER from the server's environment too: while it is set, only tokens of that provider count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
read_arguments "$@"

run_cli sso-off.cli
[ -z "$connect" ] || run_command reload
echo "Single sign-on is off."
