#!/bin/sh
# Takes the pictures of docs/first-policy.md anew, while a test follows its text.
# It needs chromium, and node with what npm ci puts into site/testdata/browser.
set -eu
cd "$(dirname "$0")/../.."
[ -d site/testdata/browser/node_modules ] || npm ci --prefix site/testdata/browser --ignore-scripts --no-audit --no-fund --loglevel=error
PROVISO_SCREENSHOTS=1 go test ./cmd/proviso -run TestFirstPolicy -count=1
