#!/usr/bin/env bash
# Removes what install.sh added to a WildFly, and puts back what it removed. It does all of it or nothing, and can be
# run again at any time. Undeploy tidemark.war first.
#
#   uninstall.sh [--force] [--base DIR] [--config standalone.xml] WILDFLY_HOME    the server is stopped
#   uninstall.sh [--force] --connect HOST:PORT WILDFLY_HOME                       the server runs, and is reloaded
#
# --force goes on even if tidemark.war is deployed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
. "$here/module.sh"
. "$here/metrics.sh"
read_arguments "$@"
begin
refuse_deployed "it would not start without its datasources: undeploy it first"
kept_metrics
run_cli sso-off.cli uninstall.cli $stock_metrics
if is_changed; then
  done="Uninstalled."
  commit
else
  done="Nothing to take back in $file."
fi
module=$home/modules/org/postgresql/main
if is_ours && is_used; then
  echo "The driver stays, because another configuration or driver uses it: $module"
elif is_ours; then
  remove_module
fi
echo "$done"
