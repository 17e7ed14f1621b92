#!/usr/bin/env bash
# Brings the programs beside Python that some tests use, as far as this is possible here.
#
# As root on Debian and its relatives it installs what is missing, and only that. Anybody else is told what to
# install. It never fails: the tests that go without are named in the last lines of the run.
set -uo pipefail
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }
has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p 2>/dev/null | grep -q "$1"; }

missing=()
has chromium || has chromium-browser || missing+=(chromium)
has_library 'libical\.so' || missing+=(libical3)
has node || missing+=(nodejs)
has npm || missing+=(npm)

if [ "${#missing[@]}" -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && has apt-get; then
        echo "Installing for the tests: ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        install=(apt-get install -y -qq --no-install-recommends)
        # The lists of packages are fetched only when they are too old to install from.
        "${install[@]}" "${missing[@]}" >/dev/null 2>&1 ||
            { apt-get update -qq && "${install[@]}" "${missing[@]}" >/dev/null; } ||
            echo "Not everything could be installed; the tests without it are named at the end."
    else
        echo "For all tests, install also: ${missing[*]} (on Debian: apt-get install ${missing[*]})"
    fi
fi

lock=tests/ical_js/package-lock.json
stamp=tests/ical_js/node_modules/.package-lock.json
if has npm && [ ! "$stamp" -nt "$lock" ]; then
    echo "Installing ical.js for the tests ..."
    npm ci --prefix tests/ical_js --silent --no-audit --no-fund ||
        echo "ical.js could not be installed; the tests without it are named at the end."
fi
exit 0
