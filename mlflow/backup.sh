#!/usr/bin/env bash
# Copies the store (runs, searches, users, artifacts) into one archive, while the server may go on.
# Usage: mlflow/backup.sh FILE.tar.gz [STORE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "Usage: mlflow/backup.sh FILE.tar.gz [STORE]" >&2; exit 2; }
archive=$1
store=${2:-$here/store}
[ -d "$store" ] || { echo "$store: there is no store to copy." >&2; exit 3; }
python=$here/../.venv/bin/python
[ -x "$python" ] || python=$(command -v python3)
umask 077
draft=$(mktemp -d "$(dirname "$archive")/.backup-XXXXXX")
trap 'rm -rf "$draft"' EXIT
mkdir "$draft/store"
# A database is copied by SQLite itself, so that what is written meanwhile leaves no half transaction; it comes
# first, so that every run in it has its artifacts.
for database in "$store"/*.db; do
  [ -e "$database" ] || continue
  "$python" -I -c 'import sqlite3, sys
with sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True) as source, sqlite3.connect(sys.argv[2]) as copy:
    source.backup(copy)' "$database" "$draft/store/$(basename "$database")"
done
tar -C "$store" --exclude='*.db' --exclude='*.db-wal' --exclude='*.db-shm' -cf - . | tar -C "$draft/store" -xf -
tar -C "$draft" -czf "$draft/archive.tar.gz" store
mv "$draft/archive.tar.gz" "$archive"
echo "$archive holds the store; to bring it back, stop the server and unpack it in $(dirname "$store")."
