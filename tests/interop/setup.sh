#!/usr/bin/env bash
# What `make interop` needs beside Python: node-opcua for Node.js, libmodbus with a C compiler, and
# LibreOffice Calc. Installs into run/interop; the C library and Calc come from Debian's packages
# where they are missing.
set -euo pipefail
cd "$(dirname "$0")"
into=../../run/interop

stop() {
  echo "make interop: $1" >&2
  exit 2
}

command -v node > /dev/null && command -v npm > /dev/null ||
  stop "node or npm is not installed; mend: install Node.js 18 or newer"
node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' ||
  stop "node $(node --version) is too old; mend: install Node.js 18 or newer"

mkdir -p "$into"
if ! cmp -s node/package-lock.json "$into/.installed"; then
  cp node/package.json node/package-lock.json node/.npmrc "$into/"
  (cd "$into" && npm ci --no-audit --no-fund --loglevel=error)
  cp node/package-lock.json "$into/.installed"
fi

has_libmodbus() {
  local compiler
  compiler=$(command -v gcc || command -v cc) &&
    echo '#include <modbus.h>' | "$compiler" -I/usr/include/modbus -E - > /dev/null 2>&1
}
if ! has_libmodbus; then
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null ||
    stop "libmodbus or a C compiler is missing; mend: apt-get install gcc libmodbus-dev"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev libmodbus-dev > /dev/null
  has_libmodbus || stop "libmodbus was installed, and still is not found"
fi

if ! command -v soffice > /dev/null; then
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null ||
    stop "LibreOffice Calc is missing; mend: apt-get install libreoffice-calc"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    libreoffice-calc > /dev/null
  command -v soffice > /dev/null || stop "libreoffice-calc was installed, and still is not found"
fi
