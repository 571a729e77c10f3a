#!/usr/bin/env bash
# Installs what is missing to run (`install.sh run`), to test (`install.sh test`) or
# to measure (`install.sh bench`).
#
# What is there already is used as it is, and then this says nothing and takes
# well under a second. Cargo's tools go where `cargo install` puts them; all else
# goes below target/tools, which `make clean` removes.
#
# Prometheus and what belongs to it, VictoriaMetrics and nginx are unpacked from their Debian
# packages, not installed: the packages would also start them as services, open to the
# whole network. This needs no root either. Chromium cannot be had that way, so it is
# installed by apt-get, where root or a sudo without a password is at hand.
set -euo pipefail

cd "$(dirname "$0")/../.."
purpose=${1:?usage: install.sh run|test|bench}
tools=$PWD/target/tools
PATH=$tools/bin:$tools/node_modules/.bin:$tools/debian/usr/bin:$tools/debian/usr/sbin:$PATH

trunk_version=0.21.14
fluent_logger_version=0.11.1
wasm_bindgen_version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"/\1/p}' Cargo.lock)
wasm_split_version=0.2.0
binaryen_version=132.0.0

have() { command -v "$1" >/dev/null; }
say() { echo "install: $*"; }

# needed PACKAGE...: what a person has to install, under Debian's names.
needed() { say "please install, by these or similar names: $*"; }

# cargo_tool PROGRAM PACKAGE VERSION [FLAG...]: VERSION may be "any". Another
# version that is installed already stays, beside ours.
cargo_tool() {
  local program=$1 package=$2 version=$3 found root=()
  shift 3
  found=$("$program" --version 2>/dev/null | awk '{ print $2 }') || true
  if [ "$found" = "$version" ] || { [ "$version" = any ] && [ -n "$found" ]; }; then
    return
  fi
  [ -z "$found" ] || root=(--root "$tools")
  [ "$version" = any ] || package=$package@$version
  say "cargo install $package (this takes minutes, once)"
  # A debug build takes half the time, and these tools have little to do.
  CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=1 \
    cargo install --debug --target-dir "$tools/build" "${root[@]}" "$@" "$package"
}

# as_root COMMAND...: fails when that would ask for a password.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive "$@"
  else
    have sudo && sudo -n DEBIAN_FRONTEND=noninteractive "$@" 2>/dev/null
  fi
}

# A fresh machine knows no packages until it has asked for them, once.
debian_knows() {
  have apt-get || return 1
  [ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ] || as_root apt-get update -qq
}

# fresh COMMAND...: lists that are old name packages that are gone; then they are
# fetched anew, and it is tried once more.
fresh() { "$@" || { as_root apt-get update -qq && "$@"; }; }

# debian_install PACKAGE...
debian_install() {
  debian_knows "$1" && say "apt-get install $*" && fresh install_quietly "$@" || needed "$@"
}

install_quietly() { as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

# debian_unpack PACKAGE...
debian_unpack() {
  local archives=$tools/archives archive
  mkdir -p "$archives" "$tools/debian"
  if debian_knows "$1" && fresh download_to "$archives" "$@"; then
    say "unpacking the Debian package $* into target/tools"
    for archive in "$archives"/*.deb; do
      dpkg-deb --extract "$archive" "$tools/debian"
    done
  else
    needed "$@"
  fi
  rm -rf "$archives"
}

download_to() { (cd "$1" && shift && apt-get download -qq "$@" 2>/dev/null); }

wasm_target() {
  [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ] || return 0
  say "rustup target add wasm32-unknown-unknown"
  rustup target add wasm32-unknown-unknown
}

# Only makes the bundle smaller, so nothing fails without it. Debian's own
# binaryen is too old for what the compiler writes.
wasm_opt() {
  ! wasm-opt --version 2>/dev/null | grep -q "version ${binaryen_version%%.*}\b" || return 0
  have npm || debian_install npm
  say "npm install binaryen@$binaryen_version"
  npm install --silent --no-save --no-audit --no-fund --prefix "$tools" "binaryen@$binaryen_version" ||
    say "went on without wasm-opt: the bundle is larger"
}

# A real sender of logs, for the tests of Lethe; without it they are skipped.
fluent_logger() {
  [ ! -x "$tools/python/bin/python" ] || return 0
  have python3 || debian_install python3 python3-venv
  say "pip install fluent-logger==$fluent_logger_version"
  if ! { python3 -m venv "$tools/python" &&
    "$tools/python/bin/pip" install --quiet "fluent-logger==$fluent_logger_version"; }; then
    rm -rf "$tools/python"
    say "went on without fluent-logger: its tests are skipped"
  fi
}

# Debian's Alertmanager reads its templates from a fixed place and does not start without
# them. Where nobody may put them there, the tests that tell a real one are skipped.
alertmanager_with_templates() {
  local templates=usr/share/prometheus/alertmanager
  have prometheus-alertmanager || have alertmanager || debian_unpack prometheus-alertmanager
  [ -d "$tools/debian/$templates" ] && [ ! -e "/$templates/default.tmpl" ] || return 0
  say "copying Alertmanager's templates to /$templates"
  as_root install -D --mode=644 --target-directory="/$templates" \
    "$tools/debian/$templates"/*.tmpl ||
    say "went on without them: tests with a real Alertmanager are skipped"
}

wasm_target
cargo_tool trunk trunk "$trunk_version" --locked
cargo_tool wasm-bindgen wasm-bindgen-cli "$wasm_bindgen_version"
# It does not tell its version.
have wasm_split_cli ||
  cargo_tool wasm_split_cli wasm_split_cli_support "$wasm_split_version" --locked --features build-binary
wasm_opt
have brotli || debian_install brotli
have prometheus || debian_unpack prometheus
have prometheus-node-exporter || have node_exporter || debian_unpack prometheus-node-exporter
if [ "$purpose" = test ]; then
  cargo_tool cargo-deny cargo-deny any --locked
  # Fuzzing takes a nightly compiler, and is skipped where there is none.
  if cargo +nightly --version >/dev/null 2>&1; then
    cargo_tool cargo-fuzz cargo-fuzz any --locked
  fi
  # Measurements are beside it.
  have rg || debian_install ripgrep
  have chromedriver || debian_install chromium chromium-driver
  alertmanager_with_templates
  have prometheus-pushgateway || have pushgateway || debian_unpack prometheus-pushgateway
  # It comes with Prometheus, unless that was not Debian's.
  have promtool || debian_unpack prometheus
  fluent_logger
  have victoria-metrics || debian_unpack victoria-metrics
fi
if [ "$purpose" = bench ]; then
  have nginx || debian_unpack nginx
  have wrk || debian_install wrk
fi
rm -rf "$tools/build"
