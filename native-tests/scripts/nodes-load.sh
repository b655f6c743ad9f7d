#!/bin/bash
# Mixed load on the nodes of DIRS: mapped and plain readers and writers over the same files, files that are replaced, a log,
# a counter under a lock. What is read was once written, is the newest, and never goes back in time; nobody stands still.
#
#   DIRS="DIR DIR..." nodes-load.sh [options]
#
#   DIRS         directories of the nodes, which show the same; nodes.sh sets it
#   --seconds N  how long (default 3600)

source "$(dirname "$0")/common.sh"
here=$(dirname "$(realpath "$0")")

seconds=3600
while (($#)); do
    case $1 in
        --help) usage; exit 0 ;;
        --seconds) seconds=${2:?}; shift 2 ;;
        *) die "unknown option $1; see --help" ;;
    esac
done
read -r -a directories <<< "${DIRS-}"
((${#directories[@]} >= 1)) || { usage >&2; exit 2; }
need gcc gcc

scratch=''
new_temporary_directory scratch
gcc -O2 -Wall -o "$scratch/nodes-load" "$here/nodes-load.c" || die "the C library's headers are missing: libc6-dev"
places=()
new_shared_subdirectory places "${directories[@]}"
"$scratch/nodes-load" "$seconds" "${places[@]}"
echo "$seconds s of mixed load on ${#places[@]} nodes: nothing wrong"
