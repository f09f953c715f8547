#!/usr/bin/env bash
# Makes .venv with the commands `kiosk` and `central`, on a bare Debian or Ubuntu. Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

# Without these no test and no window runs.
needed=(
  python3-venv
  libgl1 libegl1 libfontconfig1 libglib2.0-0 libdbus-1-3 libxkbcommon0 # Qt
  libzbar0                                                             # reads QR codes
)
# Without these the program works, but has no window of its own, or no printer, or some tests fail.
useful=(
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
  libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libwayland-cursor0 libwayland-egl1 # a window
  libcups2 cups-client cups-ipp-utils dbus       # a printer, and the one the tests print to
  poppler-utils                                  # shows the tests what was printed
  postgresql                                     # the tests of the central system start one
)
oldest=3.11

sentence() { printf 'setup: %s\n' "$*" >&2; }

missing() { # newer releases add t64 to the names of some libraries
  local package found
  for package in "$@"; do
    found=$(dpkg-query -W -f ' ${db:Status-Status}' "$package" "${package}t64" 2>/dev/null || true)
    [[ $found == *" installed"* ]] || echo "$package"
  done
}

administrator() { # how to become one without being asked for a password; fails when there is no way
  if [ "$(id -u)" = 0 ]; then echo env; elif sudo -n true 2>/dev/null; then echo "sudo -n"; else return 1; fi
}

apt_packages() {
  command -v dpkg-query >/dev/null || return 0 # neither Debian nor Ubuntu: Python will say what it lacks
  # the browser that the tests of the pages drive; Ubuntu has it as a snap, and those tests say what is missing
  grep -qx 'ID=debian' /etc/os-release 2>/dev/null && useful+=(chromium chromium-driver)
  local wanted become
  wanted=$(missing "${needed[@]}" "${useful[@]}")
  [ -n "$wanted" ] || return 0
  if become=$(administrator); then
    sentence "installing" $wanted
    $become apt-get update -qq
    [[ $wanted != *postgresql* ]] || no_cluster
    $become env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
  elif [ -n "$(missing "${needed[@]}")" ]; then
    sentence "this needs an administrator once: apt-get install -y" $wanted
    exit 1
  else
    sentence "for windows, printing and all tests an administrator may add: apt-get install -y" $wanted
  fi
}

no_cluster() { # the server's programs are wanted, not a server that starts with the machine
  $become env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
  $become sed -i 's/^#create_main_cluster .*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
}

local_name() { # a folder that debootstrap made does not know its own name for itself; printers are asked by it
  local become
  getent hosts localhost >/dev/null || ! become=$(administrator) ||
    echo '127.0.0.1 localhost' | $become tee -a /etc/hosts >/dev/null
}

find_python() { # the system's own first: others may lack libraries
  for python in /usr/bin/python3 /usr/bin/python3.1[1-9] python3; do
    if "$python" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (${oldest/./, }))" 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  sentence "this needs Python $oldest or newer with its venv module (Debian 12, Ubuntu 24.04 or newer have it)."
  exit 1
}

state() { # changes when what is installed no longer fits what is asked for
  { pwd; cat requirements.txt pyproject.toml setup.py tools/setup.sh; } | sha256sum
}

stamp=.venv/.setup
if [ -x .venv/bin/kiosk ] && [ -x .venv/bin/central ] && [ "$(cat $stamp 2>/dev/null)" = "$(state)" ]; then exit 0; fi

apt_packages
local_name
if ! .venv/bin/python -c '' 2>/dev/null; then
  python=$(find_python)
  sentence "making .venv with $($python --version)"
  "$python" -m venv --clear .venv
fi
sentence "installing the Python packages of requirements.txt"
install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps)
"${install[@]}" --require-hashes -r requirements.txt
"${install[@]}" --no-build-isolation -e .
state >$stamp
sentence "done; the commands are .venv/bin/kiosk and .venv/bin/central"
