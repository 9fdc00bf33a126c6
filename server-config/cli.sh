# Shared by the scripts of this folder; not run by itself.

fail() {
  echo "$(basename "$0"): $1" >&2
  exit 2
}

# Sets home, driver, base, config and connect.
read_arguments() {
  home= driver= base= config=standalone.xml connect=
  while [ $# -gt 0 ]; do
    case $1 in
      --driver | --base | --config | --connect)
        [ $# -gt 1 ] || fail "$1 needs a value"
        printf -v "${1#--}" %s "$2"
        shift 2
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
  home=$(cd "$home" && pwd)
  base=${base:-$home/standalone}
  [ -n "$connect" ] || [ -f "$base/configuration/$config" ] || fail "there is no $base/configuration/$config"
}

is_ours() {
  grep -q "Installed by Tidemark" "$1/module.xml" 2>/dev/null
}

# Runs scripts of this folder in one session, on the running server or on its files. The first error ends the session
# and is shown.
run_cli() {
  local script
  script=$(mktemp)
  trap 'rm -f "$script"' RETURN
  {
    [ -n "$connect" ] || echo "embed-server --server-config=$config --std-out=discard"
    (cd "$here" && cat "$@")
    [ -n "$connect" ] || echo "stop-embedded-server"
  } >"$script"
  jboss_cli "--file=$script"
}

# Runs one command on the running server.
run_command() {
  jboss_cli "--command=$1"
}

jboss_cli() {
  local said options=()
  [ -z "$connect" ] || options=(--connect "--controller=$connect")
  said=$(JBOSS_HOME=$home JAVA_OPTS="${JAVA_OPTS:-} -Djboss.server.base.dir=$base" NOPAUSE=true \
    "$home/bin/jboss-cli.sh" "${options[@]}" "$@" </dev/null 2>&1) || fail "the server refused a step: $said"
}
