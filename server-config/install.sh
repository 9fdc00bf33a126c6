#!/usr/bin/env bash
# Prepares a WildFly 39 for tidemark.war: the driver, the datasources, the executors, log categories, health and
# metrics, timeouts. It can be run again at any time and leaves existing settings as they are. uninstall.sh removes all
# of it.
#
#   install.sh --driver JAR [--base DIR] [--config standalone.xml] WILDFLY_HOME    the server is stopped
#   install.sh --driver JAR --connect HOST:PORT WILDFLY_HOME                       the server runs
#
# JAR is the PostgreSQL driver, for example postgresql-42.7.14.jar. --base is the server's base directory if it is not
# WILDFLY_HOME/standalone. The script asks for neither the address nor the password of the database: the server reads
# TIDEMARK_DB_URL, TIDEMARK_DB_USER and TIDEMARK_DB_PASSWORD from its environment when it boots.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
read_arguments "$@"

module="$home/modules/org/postgresql/main"
if [ -e "$module" ] && ! is_ours "$module"; then
  echo "The server has a module org.postgresql of its own, which is used as it is: $module"
else
  [ -n "$driver" ] || [ -e "$module/postgresql.jar" ] || fail "--driver is missing: the jar of the PostgreSQL driver"
  if [ -n "$driver" ]; then
    [ -f "$driver" ] || fail "--driver $driver: no such file"
    mkdir -p "$module"
    cp "$driver" "$module/postgresql.jar"
    cp "$here/module.xml" "$module/module.xml"
  fi
fi
run_cli driver.cli datasources.cli executors.cli logging.cli metrics.cli timeouts.cli
echo "Installed. Give the server TIDEMARK_DB_URL, TIDEMARK_DB_USER and TIDEMARK_DB_PASSWORD, (re)start it, and deploy tidemark.war."
