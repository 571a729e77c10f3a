#!/usr/bin/env bash
# Feeds each target made-up bytes for so many seconds, and says how often:
# `run.sh SECONDS`. Inputs that are worth keeping stay below corpus/, and one
# that breaks something below artifacts/.
set -euo pipefail

cd "$(dirname "$0")"
seconds=${1:?usage: run.sh SECONDS}

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo 'fuzz: skipped, it needs a nightly compiler: rustup toolchain install nightly'
  exit
fi
if ! cargo fuzz --version >/dev/null 2>&1; then
  echo 'fuzz: skipped, it needs cargo-fuzz: cargo install cargo-fuzz --locked'
  exit
fi

# Without a sanitizer: there is no unsafe code to watch, and it takes a third of
# the time.
cargo +nightly fuzz build --fuzz-dir . --sanitizer none
for target in $(cargo +nightly fuzz list --fuzz-dir .); do
  log=$(mktemp)
  if ! cargo +nightly fuzz run --fuzz-dir . --sanitizer none "$target" -- \
    -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 2>"$log"; then
    tail -n 40 "$log" >&2
    rm "$log"
    exit 1
  fi
  awk -v target="$target" '/number_of_executed_units/ { print "fuzz: " target ", executions: " $2 }' "$log"
  rm "$log"
done
