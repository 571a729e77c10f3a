#!/usr/bin/env bash
# Trunk calls this at the end of each build. It cuts the program into the file that every page
# needs and the chunks that `wasm_split` names in its sources, and puts them into the place of the one
# large file that Trunk made.
#
# All get the hash in the name of that file: they fit each other and those of no other build.
set -euo pipefail

case $TRUNK_PROFILE in
  release) profile=wasm-release ;;
  *) profile=debug ;;
esac
program=${CARGO_TARGET_DIR:-$TRUNK_SOURCE_DIR/target}/wasm32-unknown-unknown/$profile/venti.wasm

cd "$TRUNK_STAGING_DIR"
main=$(basename venti-*_bg.wasm _bg.wasm)
hash=${main##*-}
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

wasm_split_cli "$program" "$parts"
wasm-bindgen --target web --no-typescript --keep-lld-exports --remove-name-section \
  --out-dir . --out-name "$main" "$parts/main.wasm"
# Code in chunks keeps wasm-bindgen from storing what belongs to JavaScript in a table of the
# program. It uses an array then, and leaves open how many places at its start are taken.
grep -qF 'new Array(1024)' "$main.js" && grep -qF 'heap.push(undefined, null, true, false)' "$main.js" || {
  echo 'split.sh: wasm-bindgen lays out its heap in another way than this script knows' >&2
  exit 1
}
sed -Ei "s#from *['\"](\./__wasm_split\.js|__wbindgen_externref_xform__)['\"]#from './split-$hash.js'#" "$main.js"
{
  sed -E "s#\./main\.js#./$main.js#
    s#\./split_([a-z_]*)\.wasm#./\1-$hash.wasm#
    s#\./chunk_([0-9]*)\.wasm#./chunk\1-$hash.wasm#" "$parts/__wasm_split.js"
  echo
  echo 'export const __wbindgen_externref_statics_end = () => 1028;'
} >"split-$hash.js"
for part in "$parts"/split_*.wasm "$parts"/chunk_*.wasm; do
  [ -e "$part" ] || continue
  name=$(basename "$part" .wasm)
  name=${name#split_}
  mv "$part" "${name/chunk_/chunk}-$hash.wasm"
done

[ "$TRUNK_PROFILE" = release ] || exit 0
if ! command -v wasm-opt >/dev/null; then
  echo 'without wasm-opt, which could not be installed, the bundle is larger' >&2
  exit 0
fi
# What Rust's compiler writes today, and wasm-opt refuses to read unless told.
features=(bulk-memory bulk-memory-opt call-indirect-overlong multivalue mutable-globals
  nontrapping-float-to-int reference-types sign-ext)
for file in *.wasm; do
  wasm-opt -Oz "${features[@]/#/--enable-}" "$file" -o "$file"
done
