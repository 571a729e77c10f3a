#!/usr/bin/env bash
# fuzz-api.sh TARGET-DIR [OPTION...]: starts venti-server over a log of one line, with rules that fire
# for it and something that takes silences, and lets schemathesis send what its description allows, and
# what it does not. An answer of 500 or more is a failure. Options go to schemathesis.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$(realpath "$1")
shift

venv=$dir/tools/schemathesis
if [ ! -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet 'schemathesis>=4,<5'
fi

work=$(mktemp -d)
started=()
trap '[ ${#started[@]} = 0 ] || kill "${started[@]}"; rm -rf "$work"' EXIT
mkdir -p "$work/etc/dashboards" "$work/etc/alertrules" "$work/logs/pod/default"
printf '%s[default|pod|main] a line\n' "$(date --utc +%FT%TZ)" \
  >"$work/logs/pod/default/$(date --utc +%Y-%m-%d_%H).log"
printf 'title: Fuzzed\n' >"$work/etc/dashboards/a.yml"
printf 'datasources:\n- {name: lethe, type: lethe, path: %s/logs, push: true}\n' "$work" \
  >"$work/etc/datasources.yml"
cat >"$work/etc/alertrules/a.yml" <<'RULES'
groups:
- name: fuzzed
  interval: 1s
  rules:
  - alert: Line
    expr: pod{namespace="default"}
    x-lethe: {window: 1h}
    annotations: {summary: '{{ $labels.log }}'}
  - alert: Lines
    expr: sum by (pod) (count_over_time(pod{namespace="default"} [1h])) > 0
RULES

python3 deploy/local/fuzz-alertmanager.py >"$work/alertmanager" &
started+=($!)
for _ in $(seq 100); do
  [ ! -s "$work/alertmanager" ] || break
  sleep 0.1
done
printf "alerting:\n  alertmanagers:\n  - static_configs: [{targets: ['%s']}]\n" \
  "$(cat "$work/alertmanager")" >"$work/etc/alerting.yml"

# A token of an administrator, so that nothing is out of reach.
made=$("$dir/debug/venti-server" token fuzz --admin)
token=$(head --lines 1 <<<"$made")
{
  printf 'users: []\n'
  sed --quiet '/^tokens:/,$p' <<<"$made"
} >"$work/etc/users.yml"

"$dir/debug/venti-server" --config "$work/etc" --data "$work/data" --listen 127.0.0.1:0 \
  --log-format json 2>"$work/log" &
server=$!
started+=("$server")
address=
for _ in $(seq 100); do
  address=$(sed --quiet 's/.*"address":"\([^"]*\)".*/\1/p' "$work/log")
  [ -z "$address" ] || break
  kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done

# It leaves a folder where it runs, and has to be told what lines are. A tail has no end, so it is
# left out.
cd "$work"
printf 'import schemathesis\nschemathesis.serializer.alias("application/x-ndjson", "text/plain")\n' \
  >hooks.py
SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$work "$venv/bin/schemathesis" run "http://$address/api/v1/openapi.json" \
  --header "Authorization: Bearer $token" --checks not_a_server_error \
  --exclude-path-regex '/tail$' --request-timeout 20 --no-color "$@"
kill -0 "$server" || { echo "the server ended" >&2; exit 1; }
