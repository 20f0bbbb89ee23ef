#!/usr/bin/env bash
# build.sh CORPUS OUT: everything a web server would hold for svar over the pages of CORPUS/site, and client.js, which asks
# the real widget. CORPUS/corpus.json names the language. `cargo xtask build` comes first; SVAR_BIN names another command.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
svar=${SVAR_BIN:-$here/../../target/release/svar}
corpus=$1 out=$2
if [ ! -x "$svar" ]; then
  echo "error: expected the command at $svar, found none: run \`cargo xtask build\`, or name one by SVAR_BIN" >&2
  exit 1
fi
lang=$(sed -n 's/.*"lang": *"\([a-z-]*\)".*/\1/p' "$corpus/corpus.json")
"$svar" build "$corpus/site" --out "$out/site" --lang "${lang:-en}" --quiet > /dev/null
# What a visitor of the widget can ask for; pages without JavaScript are not among it.
mv "$out/site/svar.js" "$out/site/svar" "$out"
rm -r "$out/site"
cp "$here/client.js" "$out/client.js"
