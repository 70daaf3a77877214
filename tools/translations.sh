#!/bin/sh
# Bring the catalogues in line with the sentences in the code, and say which are not translated yet.
#
#   translations.sh update    after a sentence was added or changed; then translate what it lists in the .po files
#   translations.sh compile   after the .po files were edited: writes the .mo files that the service reads
#
# English needs no catalogue: the sentences in the code are English. The .mo files are committed, so that a checkout
# speaks every language at once; tests/unit/test_translations.py fails where one is out of date.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
folder=api/web/translations
babel() { "$python" -m babel.messages.frontend --quiet "$@"; }

case ${1:-} in
update)
    template=$(mktemp)
    trap 'rm -f "$template"' EXIT
    # ValidationError: the sentences of our own schemas, which know no gettext; api/problems.py translates them.
    babel extract --mapping=babel.cfg --no-location --sort-output --project=Rounds \
        --keyword=_l --keyword=n --keyword=ValidationError --output="$template" .
    for language in zh_Hans zh_Hant; do
        file=$folder/$language/LC_MESSAGES/messages.po
        if [ -e "$file" ]; then
            babel update --input-file="$template" --output-file="$file" --locale="$language" \
                --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
        else
            mkdir -p "$(dirname "$file")"
            babel init --input-file="$template" --output-file="$file" --locale="$language" --no-wrap
        fi
    done
    exec "$0" compile
    ;;
compile)
    for language in zh_Hans zh_Hant; do
        file=$folder/$language/LC_MESSAGES/messages.po
        babel compile --input-file="$file" --output-file="${file%.po}.mo" --locale="$language"
        "$python" - "$file" <<'PYTHON'
import sys
from babel.messages.pofile import read_po

with open(sys.argv[1], "rb") as file:
    missing = [str(message.id) for message in read_po(file) if message.id and not message.string]
print(f"{sys.argv[1]}: {len(missing)} not translated", *missing, sep="\n  ")
PYTHON
    done
    ;;
*) echo "usage: translations.sh update|compile" >&2; exit 2 ;;
esac
