#!/bin/sh
# Make the virtual environment, or leave it alone where it is as it should be.
#
#   venv.sh run|dev|bench [FOLDER]     run: the service's packages; dev: those for tests and checks as well;
#                                      bench: besides these the solvers that ours is measured against
#
# A stamp inside the folder names the interpreter and the lock file it was made from. It is written last, so an
# install that was interrupted has none and is made anew. pip's own settings (index, proxy, certificates, cache)
# are the user's: nothing here names an index.
set -eu

kind=$1
cd "$(dirname "$0")/.."
venv=${2:-.venv}

python=$(tools/find_python.sh)
version=$("$python" -I -c 'import sys; print(*sys.version_info[:3], sep=".")')
stamp_of() { printf '%s %s %s\n' "$python" "$version" "$(cksum < "$1")"; }
is_made() { [ -x "$venv/bin/python" ] && [ "$(cat "$venv/$1.stamp" 2>/dev/null)" = "$(stamp_of "$2")" ]; }

# `make demo` in one terminal and `make test` in another must not build the same folder at once.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$venv.lock"
    flock 9
fi

# pysqlite3 has wheels for x86_64; elsewhere it is built against the system's SQLite.
say_what_a_build_needs() {
    [ "$(uname -m)" = x86_64 ] && return 0
    if ! command -v cc >/dev/null 2>&1; then missing='a C compiler'
    elif ! echo '#include <sqlite3.h>' | cc -E - >/dev/null 2>&1; then missing="SQLite's headers"
    elif ! [ -e "$("$python" -I -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ]; then missing="Python's headers"
    else return 0; fi
    echo "On $(uname -m) the package pysqlite3 is built from source and $missing is missing; remedy: apt-get install gcc libsqlite3-dev python${version%.*}-dev" >&2
    exit 1
}

install() {
    # -I: packages on PYTHONPATH must not count as installed. --user, if someone made it their default, cannot work here.
    if ! PIP_USER=0 "$venv/bin/python" -I -m pip install --disable-pip-version-check --no-input --quiet --require-hashes \
        -r "$1" >"$venv/pip.log" 2>&1 9>&-; then
        tail -n 20 "$venv/pip.log" >&2
        echo "The packages of $1 could not be installed (everything pip said: $venv/pip.log); the same command tries again." >&2
        exit 1
    fi
}

trap 'echo "Interrupted; the same command starts it again." >&2; exit 130' INT

if ! is_made run requirements.txt; then
    say_what_a_build_needs
    echo "Setting up $venv with Python $version (a minute or two, once)"
    if [ -e "$venv" ] && [ ! -e "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv")" ]; then
        echo "$venv is not a virtual environment; move it away first." >&2
        exit 1
    fi
    rm -rf "$venv"
    if ! said=$("$python" -I -m venv "$venv" 2>&1); then
        echo "$python -m venv failed: $(printf '%s' "$said" | tail -n 1); remedy: apt-get install python${version%.*}-venv" >&2
        rm -rf "$venv"
        exit 1
    fi
    install requirements.txt
    stamp_of requirements.txt >"$venv/run.stamp"
    # Without it the first plan would wait for this. It is no harm if it fails: planning works without, only worse.
    if [ -d routing/solve/core ]; then
        "$venv/bin/python" -m routing.solve.core.compile >"$venv/compile.log" 2>&1 9>&- ||
            echo "The search could not be compiled now ($venv/compile.log says why)." >&2
    fi
fi

if [ "$kind" != run ] && ! is_made dev requirements-dev.txt; then
    echo "Adding the packages for tests and checks to $venv"
    rm -f "$venv/dev.stamp"
    install requirements-dev.txt
    stamp_of requirements-dev.txt >"$venv/dev.stamp"
fi

if [ "$kind" = bench ] && ! is_made bench requirements-bench.txt; then
    echo "Adding the other solvers to $venv"
    rm -f "$venv/bench.stamp"
    install requirements-bench.txt
    stamp_of requirements-bench.txt >"$venv/bench.stamp"
fi
