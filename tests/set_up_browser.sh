#!/bin/sh
# Installs what the browser tests need on Debian or Ubuntu: Chromium and a Chinese font. Does nothing
# when both are there; needs root or sudo otherwise, and fails loudly: the tests are never skipped.
set -eu

needed=""
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1; then
    needed="chromium"
fi
if ! command -v fc-list >/dev/null 2>&1 || [ -z "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; then
    needed="$needed fontconfig fonts-wqy-microhei"
fi
[ -n "$needed" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "browser tests need:$needed (no apt-get here: install them by hand)" >&2
    exit 1
fi
root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "browser tests need:$needed (run as root, or install sudo)" >&2
        exit 1
    fi
    root="sudo"
fi

echo "installing for the browser tests: $needed" >&2
$root apt-get update -qq
# shellcheck disable=SC2086  # several names, one word each
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed >/dev/null
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1; then
    echo "Chromium is still not there" >&2
    exit 1
fi
