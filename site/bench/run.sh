#!/usr/bin/env bash
# Builds the same pages with proviso and with Hugo, in turn and in one run, and prints medians and ratios; then
# how long serve takes from an edit to the page. The "sealed" ones are of the same texts, released.
#
#   PROVISO_SHARED=DIR site/bench/run.sh [WORK]     WORK: scratch folder, kept (default: a new one, removed)
#   HUGO=hugo ROUNDS=5 SIZE="5 8 6 20"              domains, locales, policies, versions
#   ONLY=sealed                                     hugo, pages, whole or sealed: only these
#
# Needs bench/site and seeds in the shared folder (gen writes the corpus), Hugo v0.165.0, GNU time.
set -euo pipefail
cd "$(dirname "$0")/../.."
shared=$(cd "${PROVISO_SHARED:-../shared}" && pwd)
hugo=${HUGO:-hugo} rounds=${ROUNDS:-5}
read -r domains locales policies versions <<<"${SIZE:-5 8 6 20}"
work=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"

go build -o "$work/proviso" ./cmd/proviso
if [ ! -d "$work/folder/content" ]; then
	(cd "$shared/bench/site" && go run ./gen -seeds "$shared/seeds" -proviso "$work/folder" -out "$work/flat" \
		-domains "$domains" -locales "$locales" -policies "$policies" -versions "$versions")
fi
if [ ! -d "$work/sealed/content" ]; then
	mkdir -p "$work/sealed" && cp -r "$work/folder/content" "$work/sealed/" && go run ./site/bench/seal "$work/sealed"
	newest=$(find "$work/sealed/content" -name seal.yaml | sort | tail -n 1)
	rm "$newest" # of a draft that has its date: the version that is edited
fi
rm -rf "$work/hugo" && cp -r "$shared/bench/site/hugo" "$work/hugo" && mv "$work/hugo/flat.toml" "$work/hugo/hugo.toml"

# timed NAME COMMAND... adds a line "name cpu wall peak" to the figures.
figures=$work/figures
: >"$figures"
timed() {
	local name=$1
	shift
	/usr/bin/time -o "$work/time" -f "%U %S %e %M" "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
	awk -v name="$name" '{ print name, $1 + $2, $3, $4 / 1024 }' "$work/time" >>"$figures"
}
build() { timed "$1" "$work/proviso" -C "$work/$2" build --as-of 2030-01-01 "${@:3}"; }
clean() { rm -rf "$work"/*/public "$work"/*/.proviso "$work/out"; }
wants() { [ -z "${ONLY:-}" ] || [ "$ONLY" = "$1" ]; }

# again NAME FOLDER TEXT builds a folder, builds it again, and with one paragraph more in a text.
again() {
	build "$1" "$2"
	build "$1-again" "$2"
	cp "$3" "$work/edited"
	printf '\nOne more paragraph, of %d words.\n' 7 >>"$3"
	build "$1-one-edit" "$2"
	cp "$work/edited" "$3"
}
edited=$(find "$work/folder/content" -name en.md | sort | sed -n 7p)
newest=$(find "$work/folder/content" -name en.md | sort | tail -n 1)
open=${newest/folder/sealed}

for ((i = 0; i < rounds; i++)); do
	clean
	if wants hugo; then
		timed hugo "$hugo" -s "$work/hugo" --contentDir "$work/flat" -d "$work/out" --noBuildLock --quiet
		clean
	fi
	if wants pages; then
		build pages folder --pages
		build pages-again folder --pages
		clean
	fi
	if wants whole; then
		again whole folder "$edited"
		cp "$newest" "$work/edited"
		printf '\nOne more paragraph, of %d words.\n' 7 >>"$newest"
		build whole-edit-in-force folder # after the other edit was taken back
		cp "$work/edited" "$newest"
		clean
	fi
	if wants sealed; then
		again sealed sealed "$open"
	fi
done

awk '
	{ n[$1]++; cpu[$1, n[$1]] = $2; wall[$1, n[$1]] = $3; peak[$1, n[$1]] = $4 }
	function median(list, name,   i, j, t, k) {
		k = n[name]
		for (i = 1; i <= k; i++) v[i] = list[name, i]
		for (i = 2; i <= k; i++) for (j = i; j > 1 && v[j] < v[j-1]; j--) { t = v[j]; v[j] = v[j-1]; v[j-1] = t }
		return v[int((k + 1) / 2)]
	}
	END {
		printf "%-20s %8s %8s %9s %12s %12s\n", "", "cpu s", "wall s", "peak MiB", "cpu / Hugo", "wall / Hugo"
		split("hugo pages pages-again whole whole-again whole-one-edit whole-edit-in-force sealed sealed-again sealed-one-edit", names, " ")
		for (i = 1; i in names; i++) {
			x = names[i]
			if (!n[x]) continue
			printf "%-20s %8.2f %8.2f %9.0f", x, median(cpu, x), median(wall, x), median(peak, x)
			if (n["hugo"]) printf " %12.2f %12.2f", median(cpu, x) / median(cpu, "hugo"), median(wall, x) / median(wall, "hugo")
			print ""
		}
	}' "$figures"

go build -o "$work/edit" ./site/bench/edit
domain=$(basename "$(dirname "$(dirname "$newest")")")
site=${domain##*-} policy=${domain%-*}
for folder in folder sealed; do
	echo -n "serve, $folder: "
	"$work/edit" "$work/proviso" "$work/$folder" "${newest/folder/$folder}" "http://$site.example.localhost/$policy/"
done
