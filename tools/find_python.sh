#!/bin/sh
# Print the Python that Rounds is to run on: the newest 3.11-3.13 that *runs*.
#
#   find_python.sh          one path; or one line on standard error and exit 1
#   find_python.sh --list   one path for each minor version found, the newest first
#
# PYTHON=/path/to/python takes that one and no other. Otherwise every python on PATH and under ~/.pyenv/versions
# is started: pyenv's shims stand on PATH also for versions that are switched off, and then fail.
set -eu

remedy='apt-get install python3 python3-venv'

# Prints "MAJOR MINOR MICRO VENV PATH": VENV is 1 where this Python can make a virtual environment with pip in it.
# The path is the base interpreter's, so that an activated .venv does not become the ground it stands on.
probe='
import os, sys
try:
    import ensurepip, venv
    able = 1
except ImportError:
    able = 0
print(*sys.version_info[:3], able, os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))
'

ask() {
    # A broken shim may also hang: ten seconds are enough for any interpreter.
    if command -v timeout >/dev/null 2>&1; then
        timeout 10 "$1" -I -c "$probe" 2>/dev/null </dev/null || true
    else
        "$1" -I -c "$probe" 2>/dev/null </dev/null || true
    fi
}

candidates() {
    if [ -n "${PYTHON:-}" ]; then
        command -v -- "$PYTHON" || printf '%s\n' "$PYTHON"
        return
    fi
    set -f; saved_ifs=$IFS; IFS=:
    # shellcheck disable=SC2086  # PATH is split at its colons on purpose
    set -- $PATH
    IFS=$saved_ifs; set +f
    for folder in "$@"; do
        for name in python3.13 python3.12 python3.11 python3 python; do
            [ -x "${folder:-.}/$name" ] && printf '%s\n' "${folder:-.}/$name"
        done
    done
    for path in "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}"/versions/*/bin/python3 "${HOME:-/nonexistent}"/.pyenv/versions/*/bin/python3; do
        [ -x "$path" ] && printf '%s\n' "$path"
    done
    return 0
}

found=$(candidates | awk '!seen[$0]++' | while IFS= read -r path; do ask "$path"; done \
    | sort -k1,1nr -k2,2nr -k3,3nr -k4,4nr)
fit=$(printf '%s\n' "$found" | awk '$1 == 3 && $2 >= 11 && $2 <= 13')
able=$(printf '%s\n' "$fit" | awk '$4 == 1')

if [ -n "$able" ]; then
    if [ "${1:-}" = --list ]; then
        printf '%s\n' "$able" | awk '!seen[$2]++' | cut -d' ' -f5-
    else
        printf '%s\n' "$able" | head -n 1 | cut -d' ' -f5-
    fi
    exit 0
fi

if [ -n "$fit" ]; then
    # shellcheck disable=SC2046  # the five fields of one line
    set -- $(printf '%s\n' "$fit" | head -n 1)
    echo "Python $1.$2 at $5 cannot make a virtual environment (module venv or ensurepip is missing); remedy: apt-get install python$1.$2-venv" >&2
elif [ -n "$found" ]; then
    seen=$(printf '%s\n' "$found" | awk '{ version = $1 "." $2; if (!seen[version]++) printf "%s%s", (n++ ? ", " : ""), version }')
    echo "Rounds runs on Python 3.11, 3.12 or 3.13, found only $seen; remedy: $remedy (or PYTHON=/path/to/python3.13)" >&2
else
    echo "No Python that runs was found${PYTHON:+ at $PYTHON} (Rounds needs 3.11, 3.12 or 3.13); remedy: $remedy" >&2
fi
exit 1
