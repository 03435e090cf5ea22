#!/bin/sh
# Writes one backup of the database into a folder and keeps the newest fourteen: backup.sh FOLDER.
# Reads DATABASE_URL and MAINSTAY_STATE as Mainstay does. It never touches the folder of keys.
set -eu
umask 077
folder=$1
name=$folder/mainstay-$(date -u +%Y-%m-%d-%H%M%S)
case "${DATABASE_URL:-sqlite}" in
postgres*)
    made=$name.dump
    pg_dump --format=custom --no-owner --dbname="$DATABASE_URL" --file="$made.part"
    ;;
*)
    made=$name.sqlite3
    file=${DATABASE_URL:-sqlite:///${MAINSTAY_STATE:-var}/mainstay.sqlite3}
    sqlite3 -cmd ".timeout 20000" "${file#sqlite://}" ".backup '$made.part'"
    ;;
esac
mv "$made.part" "$made"
ls -1t "$folder"/mainstay-* | tail -n +15 | while read -r old; do rm -- "$old"; done
echo "written: $made"
