#!/bin/bash
# Start the broker under a cluster id that lives and dies with its data.
#
# A fixed id would make an emptied volume look like the broker of before: relays tell a lost broker by
# its changed id (docs/runbooks/broker-wiped.md).
set -euo pipefail

id_file=/var/lib/kafka/data/cluster-id
if [ ! -s "$id_file" ]; then
    # 16 random bytes in URL-safe base64, as Kafka wants them; a leading dash would read as an option.
    head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' | sed 's/^-/A/' > "$id_file.new"
    mv "$id_file.new" "$id_file"
fi
CLUSTER_ID=$(cat "$id_file")
export CLUSTER_ID
exec /etc/kafka/docker/run
