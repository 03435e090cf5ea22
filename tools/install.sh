#!/bin/sh
# Installs one list of pinned packages and Mainstay itself: install.sh VENV LIST. Every download is checked against
# the hash in the list.
set -e
python=$1/bin/python
echo "Installing the packages of $2. The first time this takes a minute or two."
"$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$2"
"$python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
