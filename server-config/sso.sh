#!/usr/bin/env bash
# Switches tidemark.war to single sign-on by OpenID Connect. It can be run again at any time; sso-off.sh switches back.
#
#   sso.sh [--base DIR] [--config standalone.xml] WILDFLY_HOME    the server is stopped
#   sso.sh [--force] --connect HOST:PORT WILDFLY_HOME             the server runs, and is reloaded
#
# It does all of it or nothing. --force reloads the server even if tidemark.war is deployed, and so cuts its clients off.
# It asks for nothing: the server reads TIDEMARK_OIDC_ISSUER, TIDEMARK_OIDC_CLIENT_ID and TIDEMARK_OIDC_CLIENT_SECRET
# from its environment when it boots. The secret can be in a credential store instead (docs/operations.md).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
read_arguments "$@"
begin
run_cli sso.cli
if is_changed; then
  refuse_reload
  commit
fi
echo "Single sign-on is on. Give the server TIDEMARK_OIDC_ISSUER, TIDEMARK_OIDC_CLIENT_ID and TIDEMARK_OIDC_CLIENT_SECRET, and (re)start it."
