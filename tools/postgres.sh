#!/bin/sh
# A throwaway PostgreSQL for tests, from Debian's packages, as root or not.
#
#   postgres.sh install                 the server's package, where it is missing
#   postgres.sh start FOLDER [PID]      start one with its data in FOLDER (new, and under folders that everyone may
#                                       pass through: as root it runs as user postgres); print its SQLAlchemy URL.
#                                       With PID: it is stopped and removed when that process is gone.
#   postgres.sh stop FOLDER             stop it and remove FOLDER
#
# It listens on 127.0.0.1 on a free port, with a password of its own, and does not sync to disk: fast, and worthless
# after a power cut.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

newest_bin() {
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/pg_ctl" ] && printf '%s\n' "$folder"
    done | sort -t/ -k5,5nr | head -n 1
}

# PostgreSQL refuses to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

free_port() {
    "$("$here/find_python.sh")" -I -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    folder=$1
    bin=$(newest_bin)
    [ -n "$bin" ] || { echo "PostgreSQL was not found under /usr/lib/postgresql; remedy: apt-get install postgresql" >&2; exit 1; }
    [ ! -e "$folder" ] || { echo "$folder is there already" >&2; exit 1; }
    mkdir -m 711 "$folder"
    folder=$(cd "$folder" && pwd)
    trap 'rm -rf "$folder"' EXIT
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$folder/password"
    chmod 600 "$folder/password"
    mkdir -m 700 "$folder/data"
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$folder"
    cd /
    as_server "$bin/initdb" --pgdata="$folder/data" --username=rounds --pwfile="$folder/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 \
        || { cat "$folder/initdb.log" >&2; exit 1; }
    cat >>"$folder/data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
END
    tries=0
    while :; do
        port=$(free_port)
        # Another process may take the port in between.
        as_server "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/data/server.log" --options="-p $port" --wait --timeout=60 start \
            >/dev/null 2>&1 </dev/null && break
        tries=$((tries + 1))
        [ "$tries" -lt 5 ] || { tail -n 5 "$folder/data/server.log" >&2; exit 1; }
    done
    trap - EXIT
    if [ -n "${2:-}" ]; then
        # shellcheck disable=SC2016  # expanded by the watcher's own shell
        # Everything closed, so that nobody who reads this script's output waits for the watcher.
        setsid sh -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; [ ! -e "$2" ] || "$3" stop "$2"' \
            watch "$2" "$folder" "$here/postgres.sh" >/dev/null 2>&1 </dev/null &
    fi
    echo "postgresql+psycopg://rounds:$password@127.0.0.1:$port/postgres"
}

stop() {
    [ -d "$1/data" ] || return 0
    folder=$(cd "$1" && pwd)
    cd /
    as_server "$(newest_bin)/pg_ctl" --pgdata="$folder/data" --mode=immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}

case ${1:-}/$# in
install/1)
    # The package would also start a server for the whole machine, on its usual port; the tests do not touch it.
    [ -n "$(newest_bin)" ] || "$here/debian_packages.sh" postgresql
    ;;
start/2 | start/3) start "$2" "${3:-}" ;;
stop/2) stop "$2" ;;
*) echo "usage: postgres.sh install | start FOLDER [PID] | stop FOLDER" >&2; exit 2 ;;
esac
