#!/bin/sh
# Mengisi satu folder (USB) dengan semua yang dipasang install.sh tanpa internet. Dijalankan di komputer
# yang tersambung, dengan sistem, arsitektur, dan versi Python yang sama dengan komputer server.
#   resources/operations/pack.sh /media/usb/teras
set -eu
target=${1:?"folder tujuan"}
cd "$(dirname "$0")/../.."
. ./.ci/setup.sh
python=$(find_python)
[ -x .uv/bin/uv ] || { "$python" -m venv .uv && .uv/bin/python -m pip install --quiet uv; }
mkdir -p "$target/wheels"
.uv/bin/uv export --quiet --locked --extra server --no-default-groups --no-emit-project -o "$target/requirements.txt"
"$python" -m venv "$target/.pip"
"$target/.pip/bin/python" -m pip download --quiet --require-hashes --only-binary :all: \
    -r "$target/requirements.txt" -d "$target/wheels"
rm -rf "$target/.pip"
tar --exclude ./.git --exclude ./.venv --exclude ./.uv --exclude __pycache__ --exclude './.*_cache' --exclude ./.hypothesis --exclude ./tests \
    --exclude ./bench -cf "$target/program.tar" .
cp resources/operations/install.sh "$target/install.sh"
"$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' >"$target/python"
echo "Siap: $target. Di komputer server, sebagai root: sh install.sh"
