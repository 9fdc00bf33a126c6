# The subsystem metrics of a stock server, which install.sh removes and uninstall.sh puts back; not run by itself.

# Sets metrics to the subsystem's attributes, as parameters of its operation add, and stock_metrics to the script that
# removes it; both to nothing where there is no such subsystem.
keep_metrics() {
  local element attribute value
  metrics= stock_metrics=
  element=$(elements | sed -n '/^subsystem xmlns="urn:wildfly:metrics:/p')
  [ -n "$element" ] || return 0
  stock_metrics=stock-metrics.cli
  while IFS='=' read -r attribute value; do
    value=${value#\"}
    value=${value%\"}
    case $value in *[\"\'\\\&\|\(\),]*) fail "/subsystem=metrics has a value that cannot be kept: $attribute=$value" ;; esac
    [ "$attribute" != exposed-subsystems ] || value="[$(tr -s ' ' , <<<"$value")]"
    metrics+="${metrics:+, }$attribute=$value"
  done < <(sed 's/xmlns="[^"]*"//' <<<"$element" | grep -o '[a-z-]*="[^"]*"')
}

# Sets metrics to what keep_metrics kept, and stock_metrics to the script that adds the subsystem with it.
kept_metrics() {
  local element
  stock_metrics=
  element=$(elements | sed -n '/^property name="server-config.removed.metrics"/p')
  metrics=$(sed -n 's/.* value="\([^"]*\)".*/\1/p' <<<"$element")
  [ -z "$element" ] || stock_metrics=stock-metrics-back.cli
}

# The configuration's elements, one a line, without comments.
elements() {
  awk 'BEGIN { RS = "<" } /^!--/ { comment = 1 } comment { if (/-->/) comment = 0; next } { gsub(/\n/, " "); print }' "$staged"
}
