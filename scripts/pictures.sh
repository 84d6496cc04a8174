#!/usr/bin/env bash
# Takes the README's pictures again: two pages in both themes and the film of an order keyed without a mouse.
# Wants ffmpeg (Debian: apt-get install ffmpeg).
set -euo pipefail
cd "$(dirname "$0")/.."
command -v ffmpeg >/dev/null || { echo "pictures: ffmpeg is missing (Debian: apt-get install ffmpeg)" >&2; exit 1; }

scripts/build.sh
(cd e2e && rm -rf test-results/frames && npx --no-install playwright test --config pictures.config.ts)
ffmpeg -v error -y -f concat -i e2e/test-results/frames/reel.txt \
  -vf 'fps=8,scale=960:-1:flags=lanczos,split[a][b];[a]palettegen=max_colors=64:stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle' \
  docs/images/ten-lines.gif
ls -l docs/images
