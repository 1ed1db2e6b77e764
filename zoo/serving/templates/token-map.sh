#!/bin/sh
# Writes nginx's map of the tokens that a file holds, one a line, and runs a command:
#   token-map.sh TOKENS MAP COMMAND...
set -eu
tokens=$1 map=$2
shift 2
if ! grep -q . "$tokens" || grep -Evq '^[A-Za-z0-9_-]{16,}$' "$tokens"; then
    echo "$tokens: each line must be one token of 16 or more of A-Z a-z 0-9 _ -" \
        "(openssl rand -hex 32 > $tokens)" >&2
    exit 1
fi
(umask 077 && sed 's/.*/"~^[Bb]earer &$" 1;/' "$tokens" > "$map")
exec "$@"
