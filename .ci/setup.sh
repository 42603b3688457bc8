# Sourced by run and check: brings the machine to the one environment that both use.
# System libraries where it may install them, uv, the locked environment, bytecode.

system_packages="python3 python3-venv ca-certificates libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1
 libxkbcommon0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-xkb1 libxkbcommon-x11-0 libxcb-image0
 libxcb-render-util0 libxcb-randr0 libxcb-shape0"

say() { printf '%s\n' "$*" >&2; }

install_packages() { # quietly, and only where this user may
    command -v apt-get >/dev/null 2>&1 || return 0
    missing=""
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
            || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        say "Tidak berhak memasang paket sistem:$missing"
        return 0
    fi
    say "Memasang paket sistem:$missing"
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    $as_root apt-get update -qq >&2 || true
    # shellcheck disable=SC2086
    $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
        say "Paket sistem tidak dapat dipasang:$missing"
        return 1
    }
}

find_python() {
    for name in python3.11 python3.12 python3.13 python3; do
        if command -v "$name" >/dev/null 2>&1 \
            && "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
                2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    say "Perlu Python 3.11, 3.12 atau 3.13 dengan modul venv."
    return 1
}

set_up() {
    install_packages $system_packages
    python=$(find_python) || return 1
    stamp=$(cat uv.lock pyproject.toml .ci/setup.sh | cksum)
    if [ ! -x .venv/bin/python ] || [ "$(cat .venv/.teras 2>/dev/null)" != "$stamp" ]; then
        if [ ! -x .uv/bin/uv ]; then
            "$python" -m venv .uv && .uv/bin/python -m pip install --quiet uv >&2 || return 1
        fi
        UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 .uv/bin/uv sync --quiet --locked --all-extras --all-groups \
            --compile-bytecode --python "$python" >&2 || return 1
        printf '%s' "$stamp" >.venv/.teras
    fi
    .venv/bin/python -m compileall -q main.py desktop sync forms migrations >&2 || return 1
}
