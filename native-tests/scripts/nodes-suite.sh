#!/bin/bash
# Runs all tests that need several nodes, each part on a new cluster.
#
#   nodes-suite.sh [OPTIONS] [PART...]
#
#   --lacks NAMES  what the mounts cannot do, for the POSIX suite (default COLLAPSE_RANGE,INSERT_RANGE)
#
# Parts, all by default and in this order:
#   java      visibility, races and locks, on three nodes
#   posix     the POSIX suite, each call by path on the other one of two nodes than the call before
#   load      a minute of mixed load on two nodes: mapped and plain readers and writers over the same files
#   programs  ping_pong, a C project, SQLite and git on three nodes
#   kill      nodes that are killed or cut off under load
#   one-way   links that carry packets in one direction only
#   whole-space  nodes that hand over, and leave; stop and start of all nodes in several orders
# The last three have a shorter form with -quick behind the name, which is not run by default.
# Ends with 1 at the first part that fails. Needs Maven, and a checkout to run it in.

# shellcheck disable=SC2317  # the parts' functions are called by name
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/cluster.sh"
here=$(dirname "$(realpath "$0")")

lacks=COLLAPSE_RANGE,INSERT_RANGE options=() parts=()
while (($#)); do
    case $1 in
        --help) usage; cluster_usage; exit 0 ;;
        --lacks) lacks=$2; shift 2 ;;
        java | posix | load | programs | kill | one-way | whole-space | *-quick) parts+=("$1"); shift ;;
        *)
            cluster_option "$@"
            ((taken)) || die "unknown option or part $1; see --help"
            options+=("${@:1:taken}")
            shift "$taken"
            ;;
    esac
done
((${#parts[@]})) || parts=(java posix load programs kill one-way whole-space)

maven=(mvn -B -ntp -f "$here/../../pom.xml" -pl native-tests test)

run_java() {
    "$here/nodes.sh" --nodes 3 "${options[@]}" -- "${maven[@]}" -Dtest='org.dsmfs.nodes.*Test'
}

run_posix() {
    # shellcheck disable=SC2016  # DIRS is set where that shell runs
    POSIX_LACKS=$lacks "$here/nodes.sh" --nodes 2 "${options[@]}" -- bash -c '
        read -r one two <<< "$DIRS"
        unset NODE_DIRS
        POSIX_DIR=$one POSIX_ALTERNATE=$two exec "$@"' bash \
        "${maven[@]}" -Dtest='org.dsmfs.posix.**.*Test'
}

run_load() {
    "$here/nodes.sh" --nodes 2 "${options[@]}" -- "$here/nodes-load.sh" --seconds 60
}

run_programs() {
    "$here/nodes.sh" --nodes 3 "${options[@]}" -- "$here/nodes-programs.sh" quick
}

run_kill() {
    "$here/node-kill.sh" "${options[@]}"
}

run_kill-quick() {
    "$here/node-kill.sh" --rounds 1 --no-members "${options[@]}"
}

run_one-way() {
    "$here/nodes.sh" --nodes 3 "${options[@]}" -- "$here/one-way.sh"
}

run_one-way-quick() {
    "$here/nodes.sh" --nodes 3 "${options[@]}" -- "$here/one-way.sh" quick
}

run_whole-space() {
    "$here/whole-space.sh" "${options[@]}"
}

run_whole-space-quick() {
    "$here/whole-space.sh" quick "${options[@]}"
}

for part in "${parts[@]}"; do
    declare -F "run_$part" > /dev/null || die "unknown part $part; see --help"
    echo "nodes: $part starts"
    start=$SECONDS
    # Not "|| die": that would switch errexit off inside.
    "run_$part"
    echo "nodes: $part passed in $((SECONDS - start)) s"
done
