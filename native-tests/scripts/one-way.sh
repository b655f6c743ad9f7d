#!/bin/bash
# Links that carry packets in one direction only: whoever can't be understood has to go, the others go on, and when the
# link is mended all are back. To be run by nodes.sh with three nodes in namespaces, the first being the consensus:
#
#   nodes.sh [OPTIONS] one-way.sh [quick]
#
# With quick, one link fails in one direction, and not each in both.

source "$(dirname "$0")/common.sh"
readonly GOES_ON_SECONDS=15 COMES_BACK_SECONDS=60 NOWHERE=02:00:00:00:00:99
read -r -a mounts <<< "${DIRS:?is to be run by nodes.sh}"
((${#mounts[@]} == 3)) || die "takes three nodes"
# As nodes.sh names and numbers what it makes.
namespaces=dsm-$PPID
network=10.213.77

# one_way FROM TO: what FROM sends to TO vanishes.
one_way() {
    ip -n "$namespaces-$1" neigh replace "$network.$2" lladdr "$NOWHERE" dev node nud permanent
}

# both_ways FROM TO
both_ways() {
    ip -n "$namespaces-$1" neigh del "$network.$2" dev node
}

# works NODE SECONDS [OTHER...]: within that time the node makes a file in its directory, and reads those of the others;
# prints how long it took.
works() {
    local node=$1 seconds=$2 start=$EPOCHREALTIME deadline=$((SECONDS + $2)) other paths=()
    shift 2
    for other in "$node" "$@"; do
        paths+=("${mounts[node - 1]}/of-$other")
    done
    # shellcheck disable=SC2016
    until timeout 30 bash -c 'set -e; echo x > "$(mktemp "$0/file-XXXXXX")"; for path; do cat "$path"/*; done' \
        "${paths[0]}" "${paths[@]}" > /dev/null 2>&1; do
        ((SECONDS < deadline)) || die "node $node does not work within $seconds s"
        sleep 0.1
    done
    awk -v node="$node" -v start="$start" -v end="$EPOCHREALTIME" \
        'BEGIN { printf "  node %d works after %.1f s\n", node, end - start }'
}

# check FROM TO VICTIM OTHER...: the link fails in one direction; the victim has to go, the others go on.
check() {
    local from=$1 to=$2 victim=$3 other
    shift 3
    echo "nothing gets from node $from to node $to:"
    one_way "$from" "$to"
    # Until a connection is given up, nothing is to be seen.
    sleep 3
    for other; do
        works "$other" "$GOES_ON_SECONDS" "$@"
    done
    if timeout 30 touch "${mounts[victim - 1]}/of-$victim/late" 2> /dev/null; then
        die "node $victim serves, although it should have given up"
    fi
    grep 'no connection to node .* mend the network' "${mounts[victim - 1]/mount-/log-}" | tail -n 1 ||
        die "node $victim does not say why"
    both_ways "$from" "$to"
    echo " mended:"
    for other in 1 2 3; do
        works "$other" "$COMES_BACK_SECONDS" 1 2 3
    done
}

# Whoever changed a directory last has it, and takes it along: each node has one of its own.
mkdir "${mounts[0]}"/of-{1,2,3}
for node in 1 2 3; do
    works "$node" "$GOES_ON_SECONDS"
done
if [[ ${1-} == quick ]]; then
    check 2 3 3 1 2
    exit
fi
check 2 1 2 1 3
check 1 2 2 1 3
check 2 3 3 1 2
check 3 2 3 1 2
