#!/bin/bash
# Runs a command with several nodes of one space mounted on this machine.
#
#   nodes.sh [OPTIONS] COMMAND [ARGUMENT...]
#
# Each node has a store, a daemon, a mount point, and a network namespace joined to the others by a bridge. The command
# finds the mount points in DIRS, separated by spaces (and in NODE_DIRS, for the tests in Java), and the daemons'
# process numbers in NODE_PIDS. Afterwards everything is taken down, also after a failure, and then the ends of the
# daemons' logs are printed. Ends with the command's status, or 1 if a node died or does not end cleanly.

source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/cluster.sh"

while [[ ${1-} == -* ]]; do
    case $1 in
        --help) usage; cluster_usage; exit 0 ;;
        --) shift; break ;;
        *)
            cluster_option "$@"
            ((taken)) || die "unknown option $1; see --help"
            shift "$taken"
            ;;
    esac
done
(($#)) || { usage >&2; exit 2; }

cluster_start
status=0
"$@" || status=$?
for ((node = 1; node <= cluster_nodes; node++)); do
    if ! is_running "${cluster_pids[node]}"; then
        echo "node $node is no longer running" >&2
        ((status)) || status=1
    fi
done
for ((node = cluster_nodes; node >= 1; node--)); do
    cluster_stop_node "$node" || status=1
done
((status == 0)) || cluster_logs
exit "$status"
