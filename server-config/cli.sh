# Shared by the scripts of this folder; not run by itself.
#
# All or nothing: the steps run in an embedded server on a copy of the configuration. Only when all of them have
# succeeded, the copy takes the place of the configuration by a rename, and a running server is reloaded. (One operation
# on the running server would not do: the path of the metrics is free only after a reload.) A script that is killed
# leaves either the old configuration or the new one, and perhaps the driver, which a later run completes, and directories
# .tidemark.* beside it and in modules/, which a later run removes.

version=39

# $1 in one line on stderr.
fail() {
  echo "$(basename "$0"): $(tr -s '[:space:]' ' ' <<<"$1" | sed 's/ $//')" >&2
  exit 2
}

# Sets home, driver, base, config, connect and force.
read_arguments() {
  home= driver= base= config= connect= force=
  while [ $# -gt 0 ]; do
    case $1 in
      --driver | --base | --config | --connect)
        [ -n "${2:-}" ] || fail "$1 needs a value"
        printf -v "${1#--}" %s "$2"
        shift 2
        ;;
      --force)
        force=yes
        shift
        ;;
      -h | --help)
        sed -n '2,/^set /{s/^# \{0,1\}//p;}' "$0"
        exit
        ;;
      -*) fail "unknown option $1 (--help lists them)" ;;
      *)
        [ -z "$home" ] || fail "one server at a time: $home or $1?"
        home=$1
        shift
        ;;
    esac
  done
  [ -n "$home" ] || fail "which server? Name its directory (WILDFLY_HOME)"
  [ -f "$home/bin/jboss-cli.sh" ] || fail "$home is not a WildFly with the command line tools: there is no bin/jboss-cli.sh"
  home=$(cd "$home" && pwd -P)
  [ -z "$connect" ] || [ -z "$base$config" ] || fail "--connect asks the server itself for --base and --config"
  local java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
  command -v "$java" >/dev/null || fail "there is no Java: $java (set JAVA_HOME)"
}

# Sets base and file, the configuration; makes the directory work with a copy of it, which goes when the script ends.
begin() {
  local directory companions running=
  work= received=
  trap 'rm -rf "$work" "$received"' EXIT
  if [ -n "$connect" ]; then
    read_running_server
  else
    base=${base:-$home/standalone}
    file=$base/configuration/${config:-standalone.xml}
    [ -f "$file" ] || fail "there is no $file"
    base=$(cd "$base" && pwd -P)
    companions=$base/configuration
    refuse_running_server
  fi
  file=$(readlink -f "$file")
  directory=$(dirname "$file")
  remove_remains "$directory" "$home/modules"
  [ -w "$file" ] && work=$(mktemp -d "$directory/.tidemark.XXXXXX" 2>/dev/null) ||
    fail "$directory cannot be written to by $(id -un)"
  mkdir "$work/configuration"
  # The files that a configuration names are beside its link, if it is one.
  cp -p "$companions"/*.* "$work/configuration/" 2>/dev/null || true
  rm -f "$work/configuration/logging.properties" # which names the log of the server itself
  staged=$work/configuration/$(basename "$file")
  rm -f "$staged"
  cp -p "$file" "$work/old.xml" && cp -p "${running:-$file}" "$staged" &&
    cp -p "$staged" "$work/before.xml" || fail "$file cannot be copied"
  rm -rf "$received"
}

# What scripts that were killed have left in these directories; a script that runs is younger.
remove_remains() {
  find "$@" -maxdepth 1 -name '.tidemark.*' -mmin +60 -exec rm -rf {} + 2>/dev/null || true
}

# Sets base, companions, file and boot_errors, and running to a file with what the server has now: its own file may have
# been changed, and the server not reloaded.
read_running_server() {
  received=$(mktemp -d)
  running=$received/running.xml
  run_connected "$received/read.cli" \
    "/core-service=server-environment:read-resource(include-runtime=true)" \
    "/core-service=management:read-boot-errors" \
    "$(saving "$running")"
  base=$(value_of base-dir)
  companions=$(value_of config-dir)
  file=$(value_of config-file)
  boot_errors=$said
  [ "$(cd "$(value_of home-dir)" 2>/dev/null && pwd -P)" = "$home" ] ||
    fail "the server at $connect is not that of $home but of $(value_of home-dir)"
}

# Runs the commands $2 and so on in one session with the running server, as the script $1.
run_connected() {
  printf '%s\n' "${@:2}" >"$1"
  jboss_cli --connect "--controller=$connect" "--file=$1"
}

# The command that writes the configuration of the running server to $1.
saving() {
  echo "attachment save --operation=:read-config-as-xml-file --overwrite --file=\"$1\""
}

value_of() {
  sed -n "/^ *\"$1\" => \"/{s/^ *\"$1\" => \"\(.*\)\",*$/\1/p;q;}" <<<"$said"
}

# A running server would write its own configuration over ours.
refuse_running_server() {
  local directory
  while read -r directory; do
    [ ! "$directory" -ef "$base" ] ||
      fail "the server of $base runs: stop it, or use --connect HOST:PORT (its management address)"
  done < <(running_servers)
}

# The base directories of the servers that run, one a line, as far as this user may look into their processes. A server
# in a container has another name for its directory.
running_servers() {
  local property='-Djboss\.server\.base\.dir=' process root directory
  if [ -r /proc/self/cmdline ]; then
    grep -als -- "$property" /proc/[0-9]*/cmdline | while read -r process; do
      root=${process%cmdline}root
      [ -e "$root/." ] || root=
      tr '\0' '\n' <"$process" | sed -n "s|^$property|$root|p" || true
    done 2>/dev/null
  else
    # Where an argument ends is not said: there may be spaces in it.
    ps -A -ww -o args= | sed -n "s|.* $property||p" | while read -r directory; do
      until [ -d "$directory" ] || [ "$directory" = "${directory% *}" ]; do
        directory=${directory% *}
      done
      echo "$directory"
    done
  fi
}

# Runs scripts of this folder in one session on the copy, with the value of metrics for $metrics. The first error ends
# the session and the script.
run_cli() {
  local script=$work/script.cli name
  {
    echo "embed-server --server-config=$(basename "$file") --std-out=discard"
    echo ":read-attribute(name=product-version)"
    for name in "$@"; do
      echo "echo tidemark-step $name"
      sed "s|\$metrics|${metrics:-}|" "$here/$name"
    done
    echo "stop-embedded-server"
  } >"$script"
  jboss_cli "-Djboss.server.base.dir=$work" --echo-command "--file=$script"
}

# Runs jboss-cli.sh and sets said to its output.
jboss_cli() {
  local code=0 found step
  # A short run: half of its time would be the second compiler's.
  said=$(JBOSS_HOME=$home JAVA_OPTS="-XX:TieredStopAtLevel=1 ${JAVA_OPTS:-}" NOPAUSE=true "$home/bin/jboss-cli.sh" "$@" </dev/null 2>&1) || code=$?
  found=$(sed -n '/product-version/,/}/s/^ *"result" => "\([^"]*\)".*/\1/p' <<<"$said")
  [ -z "$found" ] || [ "${found%%.*}" = "$version" ] ||
    fail "$home is version $found, and Tidemark needs WildFly $version; nothing was changed"
  [ "$code" != 0 ] || return 0
  step=$(sed -n 's/^tidemark-step //p' <<<"$said" | tail -n 1)
  # The command that failed, and all that was said of it; each is after the prompt.
  fail "${step:+the step $step failed: }$(awk '/^\[[^]]*\] / { text = ""; sub(/^\[[^]]*\] /, "") }
    { text = text $0 " " } END { print text }' <<<"$said"); nothing was changed"
}

# Whether the steps changed the configuration.
is_changed() {
  ! cmp -s "$work/before.xml" "$staged"
}

# Whether the server has the application, as a file in deployments/ or as content.
is_deployed() {
  local war=$base/deployments/tidemark.war
  { [ -e "$war" ] && [ ! -e "$war.undeployed" ] && [ ! -e "$war.skipdeploy" ]; } ||
    grep -q '<deployment [^>]*runtime-name="tidemark.war"' "$work/before.xml"
}

# $1: what would happen to it.
refuse_deployed() {
  is_deployed || return 0
  [ -n "$force" ] || fail "tidemark.war is deployed in $base, and $1; or use --force"
  echo "$(basename "$0"): warning: tidemark.war is deployed in $base, and $1" >&2
}

# A reload drains the node, and then it is away until the server has started anew.
refuse_reload() {
  [ -z "$connect" ] || refuse_deployed "a reload would drain it and take it out of service: stop the server first"
}

# The copy takes the place of the configuration, unless somebody else has changed that.
commit() {
  local others="was changed by somebody else in the meantime"
  [ -n "$connect" ] || refuse_running_server
  # From here on no signal ends the script between the new configuration and what belongs to it.
  trap '' HUP INT TERM
  # A running server writes each change to its file.
  replacement "$staged" && { cmp -s "$work/old.xml" "$file" ||
    fail "$file $others: run this again; nothing was changed"; } &&
    mv -f "$work/new.xml" "$file" || fail "$file cannot be written to; nothing was changed"
  [ -n "$connect" ] || return 0
  if reload && cmp -s "$work/before.xml" "$work/last.xml"; then
    cmp -s "$staged" "$work/after.xml" || {
      undo_module=
      fail "$file $others: run this again"
    }
    return
  fi
  local why="the server does not start with the new configuration: $problem; it has the old one again" back=old.xml
  if [ -s "$work/last.xml" ] && ! cmp -s "$work/before.xml" "$work/last.xml"; then
    why="$file $others, and is as they left it: run this again"
    back=last.xml
  fi
  replacement "$work/$back" && mv -f "$work/new.xml" "$file"
  reload || fail "the server does not come back after a reload: see its log. $file is as it was before"
  fail "$why"
}

# Makes new.xml, with the content of $1 and the owner and mode of the configuration.
replacement() {
  cp -p "$work/old.xml" "$work/new.xml" && cat "$1" >"$work/new.xml"
}

# Sets problem to the errors of the new start that the last start had not. Writes what the server had last before the
# reload, and what it has after it, to last.xml and after.xml.
reload() {
  problem=$(
    run_connected "$work/reload.cli" "$(saving "$work/last.xml")" reload "$(saving "$work/after.xml")" \
      "echo tidemark-reloaded" "/core-service=management:read-boot-errors" 2>&1 || exit 1
    [ -n "$force" ] || sed '1,/^tidemark-reloaded/d' <<<"$said" | grep -vxFf <(echo "$boot_errors") || true
  ) && [ -z "$problem" ]
}
