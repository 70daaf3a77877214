#!/bin/sh
# Turn requirements*.in into requirements*.txt: every package pinned, every file hashed, one lock for Linux on
# x86_64 and aarch64 under Python 3.11, 3.12 and 3.13. Versions that still fit are kept; `lock.sh --upgrade`
# takes the newest.
set -eu
cd "$(dirname "$0")/.."

python=$(tools/find_python.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check 'uv==0.13.9'

# uv does not read pip's settings; where the user's pip has an index of its own, uv takes the same.
index=$("$work/venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)
index=${PIP_INDEX_URL:-$index}
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
export UV_CUSTOM_COMPILE_COMMAND='make lock'

for name in requirements requirements-dev requirements-bench; do
    "$work/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        "$name.in" --output-file "$name.txt" "$@"
    echo "$name.txt: $(grep -c '^[a-z0-9].*==' "$name.txt") packages"
done
