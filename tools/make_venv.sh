#!/bin/sh
# Makes a virtual environment: make_venv.sh FOLDER. Finds a Python that is new enough and can do it; says which
# package is missing when there is none.
set -e
folder=$1

can_make_one() {
    "$1" -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in python3.11 python3.12 python3.13 python3 python3.14; do
        if can_make_one "$name"; then
            echo "$name"
            return
        fi
    done
}

python=$(find_python)
if [ -z "$python" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Python's venv module from the system's packages."
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    { apt-get update -qq && apt-get install -y -qq python3 python3-venv >/dev/null; } || true
    python=$(find_python)
fi
if [ -z "$python" ]; then
    echo "Mainstay needs Python 3.11 or newer with its venv module." >&2
    echo "On Debian and Ubuntu: sudo apt-get install python3 python3-venv. Then run the same command again." >&2
    exit 1
fi
"$python" -m venv "$folder"
case $("$folder/bin/python" -c 'import os, sys; print(os.path.realpath(sys.executable))') in
"$HOME"/*)
    echo "Note: this Python lies in your home folder, so that other system users can't run it. For a server, see" >&2
    echo "docs/how-to/run-on-a-server.md, step 2." >&2
    ;;
esac
