#!/bin/bash
# Fills directories with more and more entries and prints what each phase costs per entry, which should stay the same.
#
#   big-directory.sh DIR [COUNT...]
#
#   DIR    where the directories are made, one after the other
#   COUNT  entries (default 10000 100000 1000000)
#
# All entries are made, some are looked up, some that are not there are looked up, all are listed, which must show each
# exactly once, and all are removed. Ends with 1 at the first thing that is wrong.

source "$(dirname "$0")/common.sh"

[[ ${1:-} != --help ]] || { usage; exit 0; }
[[ $# -ge 1 ]] || { usage >&2; exit 2; }
directory=$1
counts=("${@:2}")
((${#counts[@]})) || counts=(10000 100000 1000000)
need gcc gcc

scratch='' work=''
new_temporary_directory scratch
new_subdirectory work "$directory"
gcc -O2 -Wall -o "$scratch/big-directory" "$(dirname "$0")/big-directory.c"
printf '%9s %8s %8s %8s %8s %8s   us per entry\n' entries create look-up miss list remove
for count in "${counts[@]}"; do
    "$scratch/big-directory" "$work/entries" "$count"
done
