"""Speed as ratios: each figure and what it is compared with are measured in one run, in turns."""
