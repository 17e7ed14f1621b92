#!/usr/bin/env bash
# Brings the catalogues up to date with the words of the sources, and compiles them.
#
# Nothing is guessed from similar messages: a new message is empty until somebody translates it, and the tests
# fail until then. Comments name files without lines, so that moving code around changes no catalogue.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=booking/translations
template=$(mktemp)
trap 'rm -f "$template"' EXIT

pybabel --quiet extract --mapping-file babel.cfg --keyword _l --keyword lazy_gettext --keyword lazy_ngettext:1,2 \
    --keyword lazy_pgettext:1c,2 --add-location file --sort-by-file --no-wrap --project Benchtime \
    --copyright-holder "the Benchtime contributors" --output-file "$template" .
for language in $(python -c 'from config import LANGUAGES; print(*LANGUAGES[1:])'); do
    if [ -e "$folder/$language/LC_MESSAGES/messages.po" ]; then
        pybabel --quiet update --domain messages --input-file "$template" --output-dir "$folder" --locale "$language" \
            --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
    else
        pybabel --quiet init --input-file "$template" --output-dir "$folder" --locale "$language" --no-wrap
    fi
done
pybabel compile --directory "$folder" --statistics
