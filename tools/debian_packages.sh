#!/bin/sh
# Install packages of Debian by name, as root, without a question; a mirror that falters is asked again.
set -eu
[ "$#" -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing; remedy, as root: apt-get install $*" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for pause in 5 20 60 0; do
    if { apt-get update && apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"; } >"$log" 2>&1 </dev/null; then
        echo "Installed: $*"
        exit 0
    fi
    [ "$pause" -eq 0 ] || { echo "apt-get failed, again in $pause s: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")" >&2; sleep "$pause"; }
done
tail -n 20 "$log" >&2
exit 1
