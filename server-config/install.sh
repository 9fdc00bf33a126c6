#!/usr/bin/env bash
# Prepares a WildFly 39 for tidemark.war: the driver, the datasources, the executors, log categories, health and
# metrics, timeouts, sockets. It does all of it or nothing. It can be run again at any time and leaves existing settings as they
# are. uninstall.sh removes all of it.
#
#   install.sh --driver JAR [--base DIR] [--config standalone.xml] WILDFLY_HOME    the server is stopped
#   install.sh --driver JAR --connect HOST:PORT [--force] WILDFLY_HOME             the server runs, and is reloaded
#
# JAR is the PostgreSQL driver, for example postgresql-42.7.14.jar. --base is the server's base directory if it is not
# WILDFLY_HOME/standalone. HOST:PORT is the server's management address; --force reloads it even if tidemark.war is
# deployed. The script asks for neither the address nor the password of the database: the server reads TIDEMARK_DB_URL,
# TIDEMARK_DB_USER and TIDEMARK_DB_PASSWORD from its environment when it boots.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
. "$here/module.sh"
. "$here/metrics.sh"
read_arguments "$@"
check_driver
begin
keep_metrics
run_cli $stock_metrics driver.cli datasources.cli executors.cli logging.cli subsystems.cli metrics.cli timeouts.cli sockets.cli accounts.cli
! is_changed || refuse_reload
trap 'clean_module; rm -rf "$work"' EXIT
install_module
! is_changed || commit
undo_module=
if ! is_changed; then
  echo "Nothing to change in $file."
  exit
fi
echo "Installed. Give the server TIDEMARK_DB_URL, TIDEMARK_DB_USER and TIDEMARK_DB_PASSWORD, start it with them, and deploy tidemark.war."
