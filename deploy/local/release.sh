#!/usr/bin/env bash
# release.sh TARGET-DIR: venti-server as one file that runs on any Linux of this processor.
# It is linked statically with musl, which needs its compiler for the parts that are C.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$1
triple=$(uname -m)-unknown-linux-musl

if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$triple" ]; then
  echo "rustup target add $triple" >&2
  rustup target add "$triple"
fi
if ! command -v musl-gcc >/dev/null; then
  echo "musl-gcc is missing: on Debian, apt-get install musl-tools" >&2
  exit 1
fi

VENTI_REVISION=$(git rev-parse HEAD 2>/dev/null || true) \
VENTI_BRANCH=$(git rev-parse --abbrev-ref HEAD 2>/dev/null || true) \
VENTI_BUILD_DATE=$(date --utc +%Y-%m-%dT%H:%M:%SZ) \
  cargo build --release --package venti-server --features embed --target "$triple"

program=$dir/$triple/release/venti-server
if ldd "$program" 2>&1 | grep -q '=>'; then
  echo "$program needs shared libraries:" >&2
  ldd "$program" >&2
  exit 1
fi
echo "$program: $(($(stat --format %s "$program") >> 20)) MiB, static"
