#!/bin/sh
# What has to be done again and again: put on the sites what may be there now,
# tell account holders who joined since, and say what is owed. For cron or a timer,
# in the folder of proviso.yaml:
#
#   tick.sh [FOLDER]
#
# It never begins a notice: the first notify send is a person's. The status is 1
# when somebody should look; then what it printed says why.
set -u
cd "${1:-.}" || exit 2
answer=0

# A site that failed is tried again next time. A version that may not go in force
# yet is held, and the answer is no until it may.
proviso publish || answer=1

# Notices that have begun and are not over.
begun=$(proviso status --format json |
	jq -r '.[] | select(.upcoming != "" and (.notice | test("accepted"))) | .policy + "@" + .upcoming')
for notice in $begun; do
	proviso notify send --yes "$notice" || answer=1
done

# Overdue: a deadline that has passed, a version that is held, a review.
proviso status || answer=1
exit $answer
