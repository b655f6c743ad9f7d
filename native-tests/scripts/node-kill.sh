#!/bin/bash
# Fails one of several nodes under load, again and again: the others must go on, and nothing may be lost.
#
#   node-kill.sh [--rounds N] [--no-members] [OPTIONS]
#
#   --rounds N     failures of each node, by turns a kill -9 and a cut link (default 2)
#   --no-members   only node 1 keeps the list of members, and does not fail
#
# The load is node-load.pl on every node. When a node fails, each other one must acknowledge a new write within 5 s.
# After a while the node comes back, by being started again or by its link being restored, and must acknowledge writes
# within 30 s; then every node must have all that was acknowledged anywhere. A lock that a killed node held must be free
# for the others. With --loopback no links are cut.

source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/cluster.sh"
here=$(dirname "$(realpath "$0")")
readonly GOES_ON_SECONDS=5 COMES_BACK_SECONDS=30 FAILURE_SECONDS=6

rounds=2 first_victim=1
# shellcheck disable=SC2034  # read by cluster_start
cluster_consensus=yes
while (($#)); do
    case $1 in
        --help) usage; cluster_usage; exit 0 ;;
        --rounds) rounds=${2:?}; shift 2 ;;
        --no-members) first_victim=2 cluster_consensus=no; shift ;;
        *)
            cluster_option "$@"
            ((taken)) || die "unknown option $1; see --help"
            shift "$taken"
            ;;
    esac
done
((cluster_nodes == 3 || cluster_nodes == 5)) || die "takes three or five nodes, so that a majority is left"
# A read that changes the access time takes the inode to the reader's node, and nobody has it while that is down.
cluster_options+=(-o noatime)
need perl perl

cluster_start
state=$cluster_work/state
mkdir "$state"
loads=()

fail() {
    echo "FAIL $*" >&2
    cat "$state"/load-* >&2
    cluster_logs
    exit 1
}

stop_loads() {
    touch "$state/stop"
    ((${#loads[@]})) || return 0
    # A call that hangs must not keep the script.
    (sleep 10 && kill -KILL "${loads[@]}") 2> /dev/null &
    local guard=$! status=0
    wait "${loads[@]}" || status=$?
    kill "$guard" 2> /dev/null
    loads=()
    return "$status"
}
at_exit stop_loads

# acknowledged NODE: how many writes the node has acknowledged.
acknowledged() {
    stat -c %s "$state/progress-$1" 2> /dev/null || echo 0
}

now_ms() {
    date +%s%3N
}

# await_progress SINCE_MS SECONDS NODE...: waits until each node has acknowledged two more writes, of which the second
# began after the call; prints for the slowest how long after SINCE_MS that was.
await_progress() {
    local since=$1 deadline=$(($1 + 1000 * $2)) node
    local -A before=()
    shift 2
    for node; do
        before[$node]=$(acknowledged "$node")
    done
    for node; do
        while (($(acknowledged "$node") < before[$node] + 2)); do
            (($(now_ms) < deadline)) || { echo "node $node" && return 1; }
            sleep 0.02
        done
    done
    echo "$(($(now_ms) - since)) ms"
}

loads_are_alive() {
    local load
    for load in "${loads[@]}"; do
        is_running "$load" || return 1
    done
}

end_process() {
    kill "$1" 2> /dev/null
}

# hold_lock NODE: a process on the node gets the lock, which ends with the node.
hold_lock() {
    local directory=${cluster_dirs[$1 - 1]}
    flock --no-fork "$directory/locked" sh -c 'echo > "$0"; exec sleep 120' "$state/locked" &
    at_exit end_process "$!"
    until [[ -e $state/locked ]]; do
        sleep 0.05
    done
    rm "$state/locked"
    ! timeout 30 flock --nonblock "${cluster_dirs[0]}/locked" true || fail "node $1 has the lock, and others get it"
}

# fail_node KIND NODE: the node fails, the others go on, it comes back.
fail_node() {
    local kind=$1 victim=$2 others=() node since went_on came_back
    for ((node = 1; node <= cluster_nodes; node++)); do
        ((node == victim)) || others+=("$node")
    done
    [[ $kind != kill ]] || hold_lock "$victim"
    touch "$state/fault"
    since=$(now_ms)
    case $kind in
        kill) cluster_kill_node "$victim" ;;
        cut) cluster_link "$victim" down ;;
    esac
    went_on=$(await_progress "$since" "$GOES_ON_SECONDS" "${others[@]}") ||
        fail "$went_on does not go on within $GOES_ON_SECONDS s after node $victim failed ($kind)"
    [[ $kind != kill ]] || timeout 30 flock --wait "$GOES_ON_SECONDS" "${cluster_dirs[others[0] - 1]}/locked" true ||
        fail "the lock of node $victim is not free after it was killed"
    sleep "$FAILURE_SECONDS"
    loads_are_alive || fail "a load ended while node $victim was away ($kind)"
    since=$(now_ms)
    case $kind in
        kill) cluster_start_node "$victim" || fail "node $victim does not start again" ;;
        cut) cluster_link "$victim" up ;;
    esac
    came_back=$(await_progress "$since" "$COMES_BACK_SECONDS" "$victim" "${others[@]}") ||
        fail "$came_back does not work within $COMES_BACK_SECONDS s after node $victim came back ($kind)"
    rm "$state/fault"
    touch "$state/mended"
    verify_everywhere
    loads_are_alive || fail "a load ended after node $victim came back ($kind)"
    echo "$kind of node $victim: the others went on after $went_on, it came back after $came_back"
}

verify_everywhere() {
    local directory load=$here/node-load.pl
    for directory in "${cluster_dirs[@]}"; do
        timeout 60 perl "$load" verify "$directory" "$cluster_nodes" "$state" > "$state/load-verify" 2>&1 ||
            fail "contents are wrong in $directory"
    done
}

for ((node = 1; node <= cluster_nodes; node++)); do
    perl "$here/node-load.pl" run "${cluster_dirs[node - 1]}" "$node" "$cluster_nodes" "$state" \
        > "$state/load-$node" 2>&1 &
    loads+=($!)
done
mapfile -t all < <(seq "$cluster_nodes")
started=$(await_progress "$(now_ms)" "$COMES_BACK_SECONDS" "${all[@]}") || fail "the load does not start on $started"

for ((round = 1; round <= rounds; round++)); do
    for ((victim = first_victim; victim <= cluster_nodes; victim++)); do
        kind='kill'
        if [[ $cluster_namespaces == yes ]] && (((round + victim) % 2)); then
            kind='cut'
        fi
        fail_node "$kind" "$victim"
    done
done
stop_loads || fail "a load ended with an error"
verify_everywhere
for ((node = cluster_nodes; node >= 1; node--)); do
    cluster_stop_node "$node" || fail "node $node does not end cleanly"
done
echo "PASS: $rounds rounds"
