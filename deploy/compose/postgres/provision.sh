#!/bin/sh
# Make every service's database and its two roles, or bring them to that state. Safe to repeat:
# running it again after a password changed in .env sets the new one.
#
# Connects as the administrator named by PGHOST, PGUSER and PGPASSWORD. The passwords come from
# <SERVICE>_OWNER_PASSWORD and <SERVICE>_PASSWORD.
set -eu

here=$(dirname "$0")
for service in intake scheduling dosing integration; do
    upper=$(printf '%s' "$service" | tr '[:lower:]' '[:upper:]')
    owner_password=$(printenv "${upper}_OWNER_PASSWORD")
    runtime_password=$(printenv "${upper}_PASSWORD")
    export owner_password runtime_password
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=service="$service" \
        --dbname=postgres --file="$here/service.sql"
    echo "provisioned: database $service, roles ${service}_owner and $service"
done
# Psychotherapy notes: a role of their own in integration's database.
notes_password=$INTEGRATION_NOTES_PASSWORD
export notes_password
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres --file="$here/notes.sql"
echo "provisioned: role integration_notes"
