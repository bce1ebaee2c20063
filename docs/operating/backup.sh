#!/bin/sh
# Copies the ledger to one place and the keys to another, also while a notice is
# being sent:
#
#   backup.sh LEDGERS KEYS [FOLDER]
#
# Who has both can test for any address whether it was told; keep them apart.
set -eu
umask 077
ledgers=$1 keys=$2
cd "${3:-.}"
day=$(date -u +%Y%m%dT%H%M%SZ)

proviso ledger backup "$ledgers/ledger-$day.db"

# Keys and, with them, the publish logs, which prove when a version stood where.
# Each key is written once and never changed.
tar -cf "$keys/keys-$day.tar.part" .proviso/keys
mv "$keys/keys-$day.tar.part" "$keys/keys-$day.tar"
find .proviso/publish -name log.jsonl | tar -cf "$ledgers/logs-$day.tar" -T -
