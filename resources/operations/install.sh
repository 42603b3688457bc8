#!/bin/sh
# Memasang atau memperbarui server kota dari folder yang diisi pack.sh, tanpa internet. Sebagai root:
#   sh install.sh             ke komputer ini
#   sh install.sh --root DIR  ke bawah satu folder, tanpa pengguna dan tanpa systemd (untuk mencoba)
# Data di /var/lib/teras dan cadangan di /var/backups/teras tidak disentuh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=""
[ "${1:-}" = "--root" ] && root=${2:?"folder"}
wanted=$(cat "$here/python")
python=""
for name in "python$wanted" python3; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c "import sys, venv, ensurepip
sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" 2>/dev/null; then
        python=$name
        break
    fi
done
[ -n "$python" ] || { echo "Perlu Python $wanted dengan modul venv." >&2; exit 1; }
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
    echo "Jalankan sebagai root." >&2
    exit 1
fi

fresh="$root/opt/teras.next"
rm -rf "$fresh"
mkdir -p "$fresh" "$root/etc/systemd/system" "$root/etc/teras" "$root/var/backups/teras"
tar -xf "$here/program.tar" -C "$fresh"
"$python" -m venv "$fresh/.venv"
"$fresh/.venv/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" --require-hashes \
    -r "$here/requirements.txt"
"$fresh/.venv/bin/python" -m compileall -q "$fresh/main.py" "$fresh/sync" "$fresh/forms" "$fresh/migrations"
rm -rf "$root/opt/teras.before"
[ ! -e "$root/opt/teras" ] || mv "$root/opt/teras" "$root/opt/teras.before"
mv "$fresh" "$root/opt/teras"
for unit in teras.service teras-backup.service teras-backup.timer; do
    cp "$root/opt/teras/resources/operations/$unit" "$root/etc/systemd/system/$unit"
done
chmod 0700 "$root/etc/teras" "$root/var/backups/teras"
if [ -z "$root" ]; then
    id teras >/dev/null 2>&1 || useradd --system --home-dir /var/lib/teras --shell /usr/sbin/nologin teras
    chown -R root:root /opt/teras
    install -d -o teras -g teras -m 0700 /var/lib/teras
    chown teras:teras /var/backups/teras
    systemctl daemon-reload
    systemctl try-restart teras.service
fi
echo "Terpasang di $root/opt/teras. Lanjutkan dengan docs/pemasangan.md."
