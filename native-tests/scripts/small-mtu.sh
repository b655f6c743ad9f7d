#!/bin/bash
# A node joins over a network that loses large packets and tells nobody: it has to say so, and the others go on; it
# serves once the network is mended.
#
#   small-mtu.sh [OPTIONS]

source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/cluster.sh"
readonly SMALL_MTU=1280 GOES_ON_SECONDS=15 COMES_BACK_SECONDS=60

while (($#)); do
    case $1 in
        --help) usage; cluster_usage; exit 0 ;;
        *)
            cluster_option "$@"
            ((taken)) || die "unknown option $1; see --help"
            shift "$taken"
            ;;
    esac
done
# shellcheck disable=SC2034  # read by cluster_start
cluster_nodes=3

# works NODE SECONDS: the node makes a file within that time.
works() {
    local deadline=$((SECONDS + $2))
    until timeout 30 touch "${cluster_dirs[$1 - 1]}/of-$1" 2> /dev/null; do
        ((SECONDS < deadline)) || { cluster_logs; die "node $1 does not work within $2 s"; }
        sleep 0.1
    done
}

cluster_start
head -c 1M /dev/urandom > "${cluster_dirs[0]}/content"
cluster_stop_node 3 || die "node 3 does not stop"
ip -n "$(cluster_namespace hub)" link set port-3 mtu "$SMALL_MTU"
cluster_start_node 3 &
joining=$!
start=$SECONDS
until grep -q 'no connection to node .* packets of 1,500 bytes' "$cluster_work"/log-*; do
    ((SECONDS < start + CLUSTER_START_SECONDS)) || { cluster_logs; die "nobody says that large packets get lost"; }
    sleep 0.2
done
grep -h 'no connection to node' "$cluster_work/log-3" | head -n 1
works 1 "$GOES_ON_SECONDS"
works 2 "$GOES_ON_SECONDS"
ip -n "$(cluster_namespace hub)" link set port-3 mtu "$cluster_mtu"
wait "$joining" || { cluster_logs; die "node 3 does not start though the network is mended"; }
cluster_pids[3]=$(cluster_find_pid 3)
works 3 "$COMES_BACK_SECONDS"
cmp "${cluster_dirs[0]}/content" "${cluster_dirs[2]}/content"
echo "large packets that get lost: node 3 said so, the others went on, and it came back"
