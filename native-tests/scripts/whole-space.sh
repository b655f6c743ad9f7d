#!/bin/bash
# Nodes hand over what only they have and leave; then all nodes of a space end, together or one after the other, and are
# started again in several orders: whoever starts too early says for whom it waits, and nothing is lost.
#
#   whole-space.sh [quick] [OPTIONS]
#
# With quick, the nodes of the space with three consensus members are only killed, once, and those of the other one are
# only unmounted, and one leaves.

source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/cluster.sh"
# A node that is started alone has said by then for whom it waits.
readonly SAYS_SECONDS=20

options=() orders=('3 2 1' '2 1 3' '1 3 2') unmounts=yes
while (($#)); do
    case $1 in
        --help) usage; cluster_usage; exit 0 ;;
        quick)
            options+=(quick)
            if [[ ${WHOLE_SPACE_CONSENSUS-} == yes ]]; then
                orders=('3 2 1') unmounts=no
            else
                orders=()
            fi
            shift
            ;;
        --nodes) die "takes three nodes" ;;
        *)
            cluster_option "$@"
            ((taken)) || die "unknown option $1; see --help"
            options+=("${@:1:taken}")
            shift "$taken"
            ;;
    esac
done

# One space with one consensus member and one with three, each in a process of its own.
if [[ -z ${WHOLE_SPACE_CONSENSUS-} ]]; then
    for consensus in no yes; do
        WHOLE_SPACE_CONSENSUS=$consensus "$0" "${options[@]}"
    done
    exit
fi

fail() {
    echo "FAIL $*" >&2
    cluster_logs
    exit 1
}

# Each node writes what only it has, and has it on disk.
write_on() {
    local node=$1 directory=${cluster_dirs[$1 - 1]}
    mkdir -p "$directory/of-$node/deep/er"
    head -c 3M /dev/urandom > "$directory/of-$node/content"
    seq "$node" 1000 > "$directory/of-$node/deep/er/numbers"
    ln -sf content "$directory/of-$node/link"
    sync "$directory/of-$node/content" "$directory/of-$node/deep/er/numbers" "$directory/of-$node/deep/er" "$directory/of-$node"
    (cd "$directory" && find "of-$node" -type f -print0 | sort -z | xargs -0 sha256sum) > "$cluster_work/sums-$node"
}

# verify_on NODE: the node has all that was ever written.
verify_on() {
    local sums
    for sums in "$cluster_work"/sums-*; do
        (cd "${cluster_dirs[$1 - 1]}" && timeout 60 sha256sum --quiet --check "$sums") ||
            fail "node $1 does not have what ${sums##*/sums-} wrote"
    done
}

# says NODE: waits until the node has said for whom it waits, and prints that.
says() {
    local deadline=$((SECONDS + SAYS_SECONDS))
    until grep -q '^dsm-mount: waiting for ' "$cluster_work/out-$1"; do
        ! is_mounted "${cluster_dirs[$1 - 1]}" || fail "node $1 serves, but not all that has something is there"
        ((SECONDS < deadline)) || fail "node $1 does not say for whom it waits"
        sleep 0.1
    done
    echo "  node $1: $(grep '^dsm-mount: waiting for ' "$cluster_work/out-$1" | tail -n 1)"
}

# start_in_order NODE...: each is started when the one before has said that it waits; with the last one all serve.
start_in_order() {
    local node starting=()
    for node; do
        : > "$cluster_work/out-$node"
        cluster_start_node "$node" &
        starting+=($!)
        [[ $node == "${*: -1}" ]] || says "$node"
    done
    for node in "${starting[@]}"; do
        wait "$node" || fail "a node does not start"
    done
    for node; do
        cluster_pids[node]=$(cluster_find_pid "$node")
        verify_on "$node"
    done
}

cluster_consensus=$WHOLE_SPACE_CONSENSUS
cluster_start
for node in 1 2 3; do
    write_on "$node"
done

# A crash of all at once: each has something that no other one has, so nobody serves before all are there.
for order in "${orders[@]}"; do
    echo "all are killed, and started in the order $order:"
    for node in 1 2 3; do
        cluster_kill_node "$node"
    done
    # shellcheck disable=SC2086  # three numbers
    start_in_order $order
done

unmount_all() {
    local node other
    echo "all are unmounted one after the other, and started again:"
    for node in 2 3 1; do
        cluster_stop_node "$node" || fail "node $node does not stop"
        for other in 1 2 3; do
            [[ -z ${cluster_pids[other]-} ]] || verify_on "$other"
        done
    done
    for node in 1 2 3; do
        cluster_start_node "$node" &
    done
    wait
    for node in 1 2 3; do
        is_mounted "${cluster_dirs[node - 1]}" || fail "node $node does not start"
        cluster_pids[node]=$(cluster_find_pid "$node")
        verify_on "$node"
    done
}
[[ $unmounts == no ]] || unmount_all

# A member of the consensus can't leave.
if [[ $cluster_consensus == no ]]; then
    echo "node 3 leaves for good:"
    write_on 3
    cluster_kill_node 3
    keyed=()
    [[ ! -e $cluster_work/key ]] || keyed=(--key-file "$cluster_work/key")
    cluster_run 3 timeout "$CLUSTER_STOP_SECONDS" dsm leave "${keyed[@]}" "$cluster_work/store-3" \
        > "$cluster_work/out-3" 2>&1 || { cat "$cluster_work/out-3" >&2; fail "node 3 can't leave"; }
    grep 'pages over to the other nodes' "$cluster_work/out-3" || fail "node 3 does not say what it hands over"
    [[ ! -e $cluster_work/store-3 ]] || [[ -z $(ls -A "$cluster_work/store-3") ]] || fail "node 3 leaves its store behind"
    verify_on 1
    verify_on 2
    [[ $(dsm status "${cluster_dirs[0]}" | grep -c '^members') == 2 ]] || fail "node 3 is still a member"
fi
for node in 3 2 1; do
    cluster_stop_node "$node" || fail "node $node does not stop"
done
if [[ $cluster_consensus == no ]]; then
    echo "PASS: one member of the consensus"
else
    echo "PASS: three members of the consensus"
fi
