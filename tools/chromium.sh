#!/bin/sh
# chromium.sh install   Debian's Chromium and a font with Chinese characters, where they are missing
# chromium.sh path      print where Chromium is, or say on one line that it is not
set -eu
here=$(dirname "$0")

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

case ${1:-} in
install)
    set --
    find_chromium >/dev/null || set -- "$@" chromium
    [ -n "$(fc-list :lang=zh family 2>/dev/null | head -n 1)" ] || set -- "$@" fontconfig fonts-noto-cjk
    "$here/debian_packages.sh" "$@"
    ;;
path)
    find_chromium || { echo "Chromium was not found; remedy: apt-get install chromium fonts-noto-cjk" >&2; exit 1; }
    ;;
*) echo "usage: chromium.sh install|path" >&2; exit 2 ;;
esac
