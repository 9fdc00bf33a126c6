#!/usr/bin/env bash
# Development and tests only; the build runs it on target/server. Adds the five accounts whose password is their name, and a
# filter that answers 403 to everybody who is not on this machine.
#
#   development.sh [--base DIR] [--config standalone.xml] WILDFLY_HOME
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/cli.sh"
read_arguments "$@"

cp "$here"/development/*.properties "$base/configuration/"
run_cli development.cli
