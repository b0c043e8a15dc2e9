#!/bin/sh
# Fill a virtual environment with exactly the pinned packages of a file: install.sh PYTHON VENV FILE
set -eu
python=$1
venv=$2
pins=$3

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Spareverse needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1). Use: make PYTHON=/path/to/python3.11" >&2
    exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip="$venv/bin/python -m pip --disable-pip-version-check"
$pip install --quiet --require-hashes -r requirements/uv.txt

# uv does not read pip's configuration: hand over the index and the certificates that pip uses here.
index=$($pip config get global.index-url 2>/dev/null || echo "${PIP_INDEX_URL:-}")
certificates=$($pip config get global.cert 2>/dev/null || echo "${PIP_CERT:-}")
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
[ -z "$certificates" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"
export UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV="$venv"

echo "Installing pinned packages into $venv ..."
# compiled here once: a start that compiles its libraries takes three seconds longer
"$venv/bin/uv" pip install --quiet --compile-bytecode --require-hashes -r "$pins" || {
    echo "uv could not reach the packages; trying pip, which is slower." >&2
    $pip install --quiet --no-deps --require-hashes -r "$pins"
}
"$venv/bin/uv" pip install --quiet --offline --no-deps --no-build-isolation -e .
"$venv/bin/python" -m compileall -q src
