# Shared by the scripts of this folder; not run by itself.
#
# All or nothing: the steps run in an embedded server on a copy of the configuration. Only when all of them have
# succeeded, the copy takes the place of the configuration by a rename, and a running server is reloaded. (One operation
# on the running server would not do: the path of the metrics is free only after a reload.) A script that is killed
# leaves either the old configuration or the new one, and perhaps a directory .tidemark.* beside it, which a later run
# removes.

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
      -*) fail "unknown option $1" ;;
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
  if [ -n "$connect" ]; then
    find_running_server
  else
    base=${base:-$home/standalone}
    file=$base/configuration/${config:-standalone.xml}
    [ -f "$file" ] || fail "there is no $file"
    base=$(cd "$base" && pwd -P)
    file=$(readlink -f "$file")
    refuse_running_server
  fi
  local directory
  directory=$(dirname "$file")
  find "$directory" -maxdepth 1 -name '.tidemark.*' -mmin +60 -exec rm -rf {} + 2>/dev/null || true
  [ -w "$file" ] && work=$(mktemp -d "$directory/.tidemark.XXXXXX" 2>/dev/null) ||
    fail "$directory cannot be written to by $(id -un)"
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/configuration"
  cp -p "$directory"/*.* "$work/configuration/" 2>/dev/null || true
  rm -f "$work/configuration/logging.properties" # which names the log of the server itself
  staged=$work/configuration/$(basename "$file")
  if [ -n "$connect" ]; then
    # What the server has now, in case that the file was changed and the server not reloaded.
    rm -f "$staged"
    jboss_cli --connect "--controller=$connect" \
      "--command=attachment save --operation=:read-config-as-xml-file --file=\"$staged\""
  fi
  [ -f "$staged" ] || fail "$file cannot be copied"
  cp -p "$staged" "$work/before.xml"
}

find_running_server() {
  jboss_cli --connect "--controller=$connect" \
    --command="/core-service=server-environment:read-resource(include-runtime=true)"
  base=$(value_of base-dir)
  file=$(value_of config-file)
  [ "$(cd "$(value_of home-dir)" 2>/dev/null && pwd -P)" = "$home" ] ||
    fail "the server at $connect is not that of $home but of $(value_of home-dir)"
  file=$(readlink -f "$file")
  jboss_cli --connect "--controller=$connect" --command="/core-service=management:read-boot-errors"
  boot_errors=$said
}

value_of() {
  sed -n "/^ *\"$1\" => /{s/^ *\"$1\" => \"\(.*\)\",*$/\1/p;q;}" <<<"$said"
}

# A running server would write its own configuration over ours.
refuse_running_server() {
  local line
  while read -r line; do
    [ "$(cd "${line#*=}" 2>/dev/null && pwd -P)" != "$base" ] ||
      fail "the server of $base runs: stop it, or use --connect HOST:PORT (its management address)"
  done < <(
    if [ -r /proc/self/cmdline ]; then
      cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n'
    else
      ps -A -ww -o args= | tr ' ' '\n'
    fi | grep -a '^-Djboss\.server\.base\.dir='
  )
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

# A reload ends every connection, without a drain.
refuse_reload() {
  [ -z "$connect" ] || refuse_deployed "a reload would cut off its clients: drain and stop the server first"
}

# The copy takes the place of the configuration.
commit() {
  if [ -z "$connect" ] && ! cmp -s "$work/before.xml" "$file"; then
    fail "$file was changed by somebody else in the meantime: run this again; nothing was changed"
  fi
  # From here on no signal ends the script between the new configuration and what belongs to it.
  trap '' HUP INT TERM
  cp -p "$file" "$work/old.xml" && cp -p "$file" "$work/new.xml" && cat "$staged" >"$work/new.xml" &&
    mv -f "$work/new.xml" "$file" || fail "$file cannot be written to; nothing was changed"
  [ -n "$connect" ] || return 0
  reload || {
    local why=$problem
    mv -f "$work/old.xml" "$file"
    reload || fail "the server does not come back after a reload: see its log. $file is as it was before"
    fail "the server does not start with the new configuration: $why; it has the old one again"
  }
}

# Sets problem to the errors of the new start that the last start had not.
reload() {
  problem=$(
    jboss_cli --connect "--controller=$connect" \
      --commands="reload,/core-service=management:read-boot-errors" 2>&1 || exit 1
    [ -n "$force" ] || grep -vxFf <(echo "$boot_errors") <<<"$said" || true
  ) && [ -z "$problem" ]
}
