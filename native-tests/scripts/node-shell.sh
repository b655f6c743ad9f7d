#!/bin/bash
# A shell for make that runs each command on another node: as SHELL=node-shell.sh with NODE_PLACES set to the
# directories that show the same on the nodes, separated by spaces. A command that starts below one of them runs at the
# same place below one that the process number chooses, whose name is appended to the file NODE_PLACES_LOG.
set -euo pipefail
read -r -a places <<< "$NODE_PLACES"
chosen=${places[$$ % ${#places[@]}]}
for place in "${places[@]}"; do
    if [[ $PWD/ == "$place"/* ]]; then
        cd "$chosen${PWD#"$place"}"
        break
    fi
done
echo "$chosen" >> "$NODE_PLACES_LOG"
exec /bin/bash "$@"
