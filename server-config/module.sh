# The module org.postgresql, the PostgreSQL driver; not run by itself.

# Sets module, its directory. Sets driver to nothing where the server's own module stays.
check_driver() {
  module=$home/modules/org/postgresql/main
  if [ -e "$module" ] && ! is_ours; then
    echo "The server has a module org.postgresql of its own, which is used as it is: $module"
    driver=
    return
  fi
  [ -n "$driver" ] || [ -e "$module/postgresql.jar" ] || fail "--driver is missing: the jar of the PostgreSQL driver"
  [ -n "$driver" ] || return 0
  [ -f "$driver" ] || fail "--driver $driver: no such file"
  # The directory of a jar is at its end, and names its files in clear.
  [ "$(head -c 2 "$driver" | tr -d '\0')" = PK ] && grep -aq 'PK.*org/postgresql/Driver\.class' "$driver" ||
    fail "--driver $driver is not the jar of a PostgreSQL driver"
}

is_ours() {
  grep -q "Installed by Tidemark" "$module/module.xml" 2>/dev/null
}

# Puts the driver into the server. Each file appears whole, and nothing of it is used before the configuration is.
install_module() {
  [ -n "$driver" ] || return 0
  ! cmp -s "$driver" "$module/postgresql.jar" || ! cmp -s "$here/module.xml" "$module/module.xml" || return 0
  staged_module=$(mktemp -d "$home/modules/.tidemark.XXXXXX" 2>/dev/null) ||
    fail "$home/modules cannot be written to by $(id -un); nothing was changed"
  mkdir "$staged_module/main" && cp "$driver" "$staged_module/main/postgresql.jar" 2>/dev/null &&
    cp "$here/module.xml" "$staged_module/main/module.xml" 2>/dev/null ||
    fail "$home/modules has no room for the driver; nothing was changed"
  chmod 755 "$staged_module" "$staged_module/main"
  chmod 644 "$staged_module/main"/*
  if [ -e "$module" ]; then
    mkdir "$staged_module/old"
    cp -p "$module"/* "$staged_module/old/"
    undo_module=replaced
    mv -f "$staged_module/main"/* "$module/"
  else
    undo_module=added
    (umask 022 && mkdir -p "${module%/*}") # another user may run the server
    mv "$staged_module/main" "$module"
  fi
}

# The end of the script, however it ends: what it did not finish is taken back.
clean_module() {
  case ${undo_module:-} in
    replaced) mv -f "$staged_module/old"/* "$module/" ;;
    added) is_used || remove_module ;; # another script that ran meanwhile may have put it to use
  esac
  rm -rf "${staged_module:-}"
}

# Whether a configuration of this server uses it, this one or another.
is_used() {
  grep -qs 'module="org.postgresql"' "$home"/*/configuration/*.xml "$base"/configuration/*.xml "$(dirname "$file")"/*.xml
}

remove_module() {
  rm -rf "$module"
  rmdir "$home/modules/org/postgresql" "$home/modules/org" 2>/dev/null || true
}
