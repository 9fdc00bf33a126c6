#!/usr/bin/env bash
# Removes what install.sh added to a WildFly, and nothing else. It can be run again at any time. Undeploy tidemark.war
# first.
#
#   uninstall.sh [--base DIR] [--config standalone.xml] WILDFLY_HOME    the server is stopped
#   uninstall.sh --connect HOST:PORT WILDFLY_HOME                       the server runs, and is reloaded
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
read_arguments "$@"

if [ -n "$connect" ]; then
  run_cli sso-off.cli uninstall.cli
  run_command reload
  run_cli uninstall-driver.cli
else
  run_cli sso-off.cli uninstall.cli uninstall-driver.cli
fi
module="$home/modules/org/postgresql/main"
if [ -e "$module" ] && is_ours "$module"; then
  rm -r "$module"
  rmdir "$home/modules/org/postgresql" "$home/modules/org" 2>/dev/null || true
fi
echo "Uninstalled."
