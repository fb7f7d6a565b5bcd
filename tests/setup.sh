#!/usr/bin/env bash
# What some tests need beside Python (tests/needs.py): a C compiler, libfaketime and tmux, from
# Debian's packages where they are missing. What cannot be installed is named.
set -euo pipefail

packages=()
command -v cc > /dev/null || packages+=(gcc libc6-dev)
python=.venv/bin/python; [ -x $python ] || python=python3
include=$($python -c 'import sysconfig; print(sysconfig.get_path("include"))' 2> /dev/null || true)
[ -e "$include/Python.h" ] || packages+=(python3-dev)
command -v tmux > /dev/null || packages+=(tmux)
find /usr/lib /usr/local/lib -name libfaketimeMT.so.1 2> /dev/null | grep -q . ||
  packages+=(libfaketime)
[ ${#packages[@]} -eq 0 ] && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "make machine: missing; mend: apt-get install ${packages[*]}" >&2
  exit 2
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" > /dev/null
