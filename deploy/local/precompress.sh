#!/usr/bin/env bash
# Compresses a built frontend once and for good, so that a server only has to
# pick the right file, and prints what a browser loads: `precompress.sh dist`.
set -euo pipefail

cd "${1:?usage: precompress.sh DIRECTORY}"

size() { wc -c <"$1"; }
# in_kib BYTES, or a dash where there is no such file
in_kib() { [ -n "$1" ] && awk -v bytes="$1" 'BEGIN { printf "%.1f", bytes / 1024 }' || echo -; }
row() { printf '%10s %10s %10s  %s\n' "$(in_kib "$1")" "$(in_kib "$2")" "$(in_kib "$3")" "$4"; }

printf '%10s %10s %10s  %s\n' 'raw KiB' gzip brotli file
raw=0 gzipped=0 brotlied=0
while read -r file; do
  gzip -9 --no-name --keep --force "$file"
  if command -v brotli >/dev/null; then
    brotli --quality=11 --keep --force "$file"
    br=$(size "$file.br")
  else
    br=
  fi
  row "$(size "$file")" "$(size "$file.gz")" "$br" "${file#./}"
  # Chunks of other pages are loaded with those.
  case $file in *_bg.wasm) ;; *.wasm) continue ;; esac
  raw=$((raw + $(size "$file"))) gzipped=$((gzipped + $(size "$file.gz"))) brotlied=$((brotlied + ${br:-0}))
done < <(find . -type f \( -name '*.html' -o -name '*.js' -o -name '*.wasm' -o -name '*.css' -o -name '*.svg' \) | sort)
[ "$brotlied" -gt 0 ] || brotlied=
row "$raw" "$gzipped" "$brotlied" 'what a dashboard loads'
