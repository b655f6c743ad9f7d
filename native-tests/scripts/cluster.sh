# Starts and stops nodes for the scripts here; sourced after common.sh, not run.
# shellcheck shell=bash
#
# Each node is a daemon with a store of its own and a mount point of its own, in a network namespace of its own; the
# namespaces are joined by a bridge that is in one more, so the machine's own network is left alone. The mounts are in
# the caller's mount namespace, where everybody sees them. Everything is undone at exit.
#
# Set before cluster_start, or by cluster_option:
cluster_nodes=3            # how many
cluster_mount=dsm-mount    # the command that mounts
cluster_namespaces=yes     # no: all nodes on the loopback interface
cluster_parent=/var/tmp    # where stores and mount points are made
cluster_options=()         # given to each mount
cluster_consensus=no       # yes: all nodes keep the list of members, not only the first one
cluster_mtu=1500           # of the links between the namespaces

# Set by cluster_start; nodes are numbered from 1:
cluster_work=''            # holds for each node I: store-I, mount-I, log-I
cluster_dirs=()            # the mount points, cluster_dirs[I-1]
cluster_pids=()            # the daemons, cluster_pids[I]; empty while a node is down
cluster_port=7700          # of the first node on the loopback interface; in namespaces of every node
readonly CLUSTER_START_SECONDS=60 CLUSTER_STOP_SECONDS=60

cluster_usage() {
    cat << 'END'
Options for the nodes:
  --nodes N          how many (default 3)
  --loopback         without network namespaces
  --mtu BYTES        of the links between namespaces (default 1500)
  --mount COMMAND    instead of the installed dsm-mount
  --option OPTION    one more argument for each mount; may be repeated
  --parent DIR       where stores and mount points are made, in a new directory (default /var/tmp)
END
}

# cluster_option ARGUMENT...: takes one option from the front and sets "taken" to the number of its arguments, itself
# included, or 0 if there is none.
# shellcheck disable=SC2034  # read by the scripts
cluster_option() {
    taken=2
    case ${1-} in
        --nodes) cluster_nodes=${2:?} ;;
        --mtu) cluster_mtu=${2:?} ;;
        --mount) cluster_mount=${2:?} ;;
        --option) cluster_options+=("${2:?}") ;;
        --parent) cluster_parent=${2:?} ;;
        --loopback) cluster_namespaces=no taken=1 ;;
        *) taken=0 ;;
    esac
}

cluster_namespace() {
    echo "dsm-$$-$1"
}

cluster_address() {
    if [[ $cluster_namespaces == yes ]]; then
        echo "10.213.77.$1:$cluster_port"
    else
        echo "127.0.0.1:$((cluster_port + 10 * ($1 - 1)))"
    fi
}

# Network of the namespaces: node I has the device "node", whose other end is port-I of the bridge.
cluster_make_network() {
    local hub node name
    need ip iproute2
    hub=$(cluster_namespace hub)
    ip netns add "$hub"
    at_exit ip netns del "$hub"
    ip -n "$hub" link add bridge mtu "$cluster_mtu" type bridge
    ip -n "$hub" link set bridge up
    for ((node = 1; node <= cluster_nodes; node++)); do
        name=$(cluster_namespace "$node")
        ip netns add "$name"
        at_exit ip netns del "$name"
        ip -n "$name" link set lo up
        ip -n "$hub" link add "port-$node" mtu "$cluster_mtu" type veth peer name node mtu "$cluster_mtu" netns "$name"
        ip -n "$hub" link set "port-$node" master bridge up
        ip -n "$name" address add "10.213.77.$node/24" dev node
        ip -n "$name" link set node up
    done
}

# cluster_run NODE COMMAND...: runs the command where the node has its network. Not "ip netns exec", which would also
# give it mounts of its own.
cluster_run() {
    local node=$1
    shift
    if [[ $cluster_namespaces == yes ]]; then
        nsenter --net="/run/netns/$(cluster_namespace "$node")" "$@"
    else
        "$@"
    fi
}

# The process that serves a node: it alone has the FUSE device open and names the store.
cluster_find_pid() {
    local store=$cluster_work/store-$1 process
    for process in /proc/[0-9]*; do
        if grep -qzFx -e "$store" -e "--store=$store" "$process/cmdline" 2> /dev/null &&
            [[ -n $(find "$process/fd" -lname /dev/fuse -print -quit 2> /dev/null) ]]; then
            basename "$process"
            return
        fi
    done
    return 1
}

# cluster_start_node NODE: mounts. The first one makes the space or comes back to it, the others join it.
cluster_start_node() {
    local node=$1 arguments=("${cluster_options[@]}") other joined=()
    arguments+=(--listen "$(cluster_address "$node")")
    if [[ $cluster_namespaces == yes ]]; then
        arguments+=(--key-file "$cluster_work/key")
    fi
    for ((other = 1; other <= cluster_nodes; other++)); do
        if ((other != node)) && [[ -n ${cluster_pids[other]-} ]]; then
            joined+=("$(cluster_address "$other")")
        fi
    done
    if ((${#joined[@]})); then
        arguments+=(--join "$(IFS=,; echo "${joined[*]}")")
    fi
    cluster_mount_node "$node" "${arguments[@]}" || return 1
    cluster_pids[node]=$(cluster_find_pid "$node")
}

# cluster_mount_node NODE ARGUMENT...: mounts with these arguments.
cluster_mount_node() {
    local node=$1
    shift
    cluster_run "$node" timeout "$CLUSTER_START_SECONDS" "$cluster_mount" --store "$cluster_work/store-$node" \
        --log-file "$cluster_work/log-$node" "$@" "${cluster_dirs[node - 1]}" \
        >> "$cluster_work/out-$node" 2>&1 || return 1
    is_mounted "${cluster_dirs[node - 1]}"
}

# Starts all nodes: one after the other, or at the same time if each waits for a majority of them.
cluster_start_all() {
    local node addresses=() starting=()
    if [[ $cluster_consensus == no ]]; then
        for ((node = 1; node <= cluster_nodes; node++)); do
            cluster_start_node "$node" || return 1
        done
        return
    fi
    for ((node = 1; node <= cluster_nodes; node++)); do
        addresses+=("$(cluster_address "$node")")
    done
    cluster_options+=(--consensus "$(IFS=,; echo "${addresses[*]}")")
    for ((node = 1; node <= cluster_nodes; node++)); do
        cluster_start_node "$node" &
        starting+=($!)
    done
    for node in "${starting[@]}"; do
        wait "$node" || return 1
    done
    for ((node = 1; node <= cluster_nodes; node++)); do
        cluster_pids[node]=$(cluster_find_pid "$node")
    done
}

# Makes the network and starts all nodes; sets and exports DIRS and NODE_DIRS to the mount points, NODE_PIDS to the
# daemons' process numbers.
cluster_start() {
    local node
    [[ $(id -u) == 0 ]] || die "must run as root"
    command -v "$cluster_mount" > /dev/null || die "no command $cluster_mount; install the product first"
    need nsenter util-linux
    cluster_work=$(mktemp -d "$cluster_parent/dsm-nodes.XXXXXX")
    chmod 755 "$cluster_work"
    at_exit rm -rf --one-file-system "$cluster_work"
    if [[ $cluster_namespaces == yes ]]; then
        cluster_make_network
        (umask 077 && head -c 32 /dev/urandom | base64 > "$cluster_work/key")
    fi
    at_exit cluster_stop
    for ((node = 1; node <= cluster_nodes; node++)); do
        mkdir "$cluster_work/store-$node" "$cluster_work/mount-$node"
        cluster_dirs+=("$cluster_work/mount-$node")
    done
    cluster_start_all || { cluster_logs; die "the nodes do not start"; }
    DIRS=${cluster_dirs[*]}
    export DIRS NODE_DIRS=$DIRS NODE_PIDS="${cluster_pids[*]}"
}

# cluster_stop_node NODE: unmounts and waits for the daemon's end.
cluster_stop_node() {
    local node=$1 pid=${cluster_pids[$1]-} status=0
    if is_mounted "${cluster_dirs[node - 1]}"; then
        timeout "$CLUSTER_STOP_SECONDS" umount "${cluster_dirs[node - 1]}" || status=1
    fi
    if [[ -n $pid ]] && ! cluster_await_end "$pid"; then
        echo "node $node does not end within $CLUSTER_STOP_SECONDS s after unmounting" >&2
        status=1
    fi
    ((status)) || cluster_pids[node]=''
    return "$status"
}

cluster_await_end() {
    local pid=$1 deadline=$((SECONDS + CLUSTER_STOP_SECONDS))
    while is_running "$pid"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# cluster_kill_node NODE: ends the daemon as a crash does, and takes its dead mount away.
cluster_kill_node() {
    local node=$1 pid=${cluster_pids[$1]} directory=${cluster_dirs[$1 - 1]}
    kill -KILL "$pid"
    cluster_await_end "$pid"
    # The mount may be gone already: a guard unmounts what its killed daemon leaves behind.
    umount -l "$directory" 2> /dev/null || ! is_mounted "$directory"
    cluster_pids[node]=''
}

# cluster_link NODE up|down: connects the node's namespace or cuts it off.
cluster_link() {
    ip -n "$(cluster_namespace hub)" link set "port-$1" "$2"
}

# Ends whatever is left, the last node first; by force what does not end by itself.
cluster_stop() {
    local node pid
    for ((node = cluster_nodes; node >= 1; node--)); do
        cluster_stop_node "$node" && continue
        umount -l "${cluster_dirs[node - 1]}" 2> /dev/null
        pid=$(cluster_find_pid "$node") && kill -KILL "$pid"
    done
}

# Prints the end of what each node said.
cluster_logs() {
    local node file
    for ((node = 1; node <= cluster_nodes; node++)); do
        for file in "$cluster_work/out-$node" "$cluster_work/log-$node"; do
            [[ -s $file ]] || continue
            echo "--- node $node, $(basename "$file"):"
            tail -n 40 "$file"
        done
    done >&2
}
