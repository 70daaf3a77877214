#!/bin/sh
# Look for insecure code (bandit; a finding fails) and for published holes in the locked packages (pip-audit; said
# aloud, but never a failure: advisories appear overnight, and the list of them is not reachable from everywhere).
set -eu
cd "$(dirname "$0")/.."
python=${1:-.venv/bin/python}

"$python" -m bandit --quiet --recursive --severity-level medium --configfile pyproject.toml api routing schemas

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if "$python" -m pip_audit --progress-spinner off --timeout 20 --disable-pip --require-hashes -r requirements.txt >"$log" 2>&1; then
    packages=$(grep -c '^[a-z0-9].*==' requirements.txt)
    unseen=$(grep -c 'could not be audited' "$log" || true)
    if [ "$unseen" -eq 0 ]; then
        echo "pip-audit: no known holes in $packages packages"
    elif [ "$unseen" -ge "$packages" ]; then
        echo "pip-audit: skipped, the advisories cannot be reached from here"
    else
        echo "pip-audit: the advisories on $unseen of $packages packages cannot be reached from here; no known holes in the rest"
    fi
elif grep -q 'Found .* known vulnerabilit' "$log"; then
    cat "$log"
    echo "pip-audit: advisories were found, see above; newest versions: make lock ARGS=--upgrade"
else
    echo "pip-audit: skipped, the advisories cannot be reached from here ($(tail -n 1 "$log" | cut -c 1-160))"
fi
