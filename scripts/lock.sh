#!/usr/bin/env bash
# Resolves the dependencies of pyproject.toml anew and writes both lock files.
#
# The locks carry versions and hashes and nothing else: no index address and no path, so that they hold on
# every machine. The build tool is locked too, because the project itself is installed without isolation.
set -euo pipefail
cd "$(dirname "$0")/.."

resolve() {
    uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@"
}

echo "setuptools>=77" | resolve pyproject.toml - --output-file requirements.lock
resolve pyproject.toml --extra test --constraint requirements.lock --output-file requirements-test.lock
