#!/bin/bash
# What nodes say when they are given something wrong: one line that names the thing and the remedy, and an exit status
# other than 0, while the nodes that serve go on undisturbed. Needs root, and dsm-mount and dsm on the PATH.
#
# usage: nodes-errors.sh
source "$(dirname -- "$(readlink -f -- "$0")")/common.sh"

[[ $(id -u) == 0 ]] || die "must be run as root"
# Networks, and a /dev/shm to make too small, of its own.
if [[ ${1-} != inside ]]; then
    (($# == 0)) || { usage >&2 && exit 2; }
    exec unshare --net --mount --propagation private "$0" inside
fi

readonly OUTSIDE=10.213.78.1 SECONDS_MAX=60
new_temporary_directory work
# Mounts and processes end before the directory goes.
at_exit stop_all
stop_all() {
    local mounted
    for mounted in "$work"/mnt-*; do
        umount -l "$mounted" 2> /dev/null
    done
    for pid in "${daemons[@]}"; do
        for ((i = 0; i < 300; i++)); do
            is_running "$pid" || break
            sleep 0.1
        done
        kill -KILL "$pid" 2> /dev/null
    done
}
daemons=()

ip link set lo up
ip address add "$OUTSIDE/32" dev lo

# try NAME ARGUMENT...: mounts the store NAME; leaves the exit status in "status" and the lines on standard error, but
# for what it waits for, in "said".
try() {
    local name=$1
    shift
    mkdir -p "$work/mnt-$name"
    status=0
    timeout "$SECONDS_MAX" dsm-mount --store "$work/$name" --log-file "$work/log-$name" --memory 64M --disk 512M "$@" \
        "$work/mnt-$name" > /dev/null 2> "$work/said" || status=$?
    said=$(grep -v ': waiting for ' "$work/said" || true)
}

# start NAME ARGUMENT...: mounts, which must go well.
start() {
    try "$@"
    ((status == 0)) || fail "$1 does not start: $said"
    daemons+=("$(dsm status "$work/mnt-$1" | awk '$1 == "pid" { print $2 }')")
}

# stop NAME
stop() {
    umount "$work/mnt-$1"
    for ((i = 0; i < 300; i++)); do
        flock --nonblock "$work/$1/lock" true && return
        sleep 0.1
    done
    fail "$1 does not end"
}

fail() {
    echo "nodes-errors: $*" >&2
    exit 1
}

checked=0
# refused WHAT PART...: the last try has failed with one line that has these parts, and the cluster is well.
refused() {
    local what=$1 part
    shift
    ((status != 0 && status != 124)) || fail "$what: exit status $status: $said"
    [[ $(wc -l <<< "$said") == 1 && $said == "dsm-mount: "* ]] || fail "$what: not one line: $said"
    for part in "$@"; do
        [[ $said == *"$part"* ]] || fail "$what: '$part' is missing: $said"
    done
    checked=$((checked + 1))
    echo "$checked" > "$work/mnt-a/counter"
    [[ $(timeout 10 cat "$work/mnt-b/counter") == "$checked" ]] || fail "$what: the cluster was harmed"
    [[ $(dsm status "$work/mnt-a" | grep -c '^members.*state=up') == 2 ]] || fail "$what: members have changed"
    echo "ok: $what: ${said#dsm-mount: }"
}

start a
start b --join 127.0.0.1
dsm keygen "$work/key" && dsm keygen "$work/other-key"

try new --join no.such.invalid
refused "host that is unknown" no.such.invalid
try new --join 192.0.2.1
refused "address without a route" 192.0.2.1 "name a running node"
try new --join 127.0.0.1:7900
refused "host without a node" 127.0.0.1:7900 "name a running node"
try new --listen 127.0.0.1:7400 --join 127.0.0.1
refused "port that is taken" 7400 "in use" --listen
try new --listen "$OUTSIDE"
refused "other machines without a key" "$OUTSIDE" --key-file
try new --consensus 127.0.0.1,127.0.0.1:7410
refused "two consensus members" --consensus "1, 3 or 5"
try new --consensus 127.0.0.1,127.0.0.1:7410,127.0.0.1:7420,127.0.0.1:7430
refused "four consensus members" --consensus "1, 3 or 5"
try new --join 127.0.0.1 --data-page 128K
refused "another page size" 32768 --data-page
try new --join 127.0.0.1 --listen none
refused "neighbours of a node without any" --listen=none --join
ln -s a "$work/alias"
try alias
refused "store that is in use" "$work/alias" "in use"

# A space with a key, beside the first one.
start keyed --listen "$OUTSIDE" --key-file "$work/key"
try new --listen "$OUTSIDE:7500" --key-file "$work/other-key" --join "$OUTSIDE"
refused "another key" "$OUTSIDE:7400" "same cluster key"
try new --join "$OUTSIDE"
refused "no key" "$OUTSIDE:7400" "same cluster key"
try new --listen "$OUTSIDE:7500" --key-file "$work/key" --join 127.0.0.1
refused "a key that the others do not have" 127.0.0.1:7400 "same cluster key"
chmod 644 "$work/key"
try new --listen "$OUTSIDE:7500" --key-file "$work/key" --join "$OUTSIDE"
refused "key that all may read" "$work/key" "chmod 600"
chmod 600 "$work/key"
try new --listen "$OUTSIDE:7500" --key-file "$work/no-key" --join "$OUTSIDE"
refused "key that is not there" "$work/no-key" "does not exist"
printf 'no key\n' > "$work/bad-key"
chmod 600 "$work/bad-key"
try new --listen "$OUTSIDE:7500" --key-file "$work/bad-key" --join "$OUTSIDE"
refused "key that is none" "$work/bad-key" "holds no key"
stop keyed

# Nodes of another space.
start founder --listen 127.0.0.1:7600
start member --listen 127.0.0.1:7610 --join 127.0.0.1:7600
stop member
try member --join 127.0.0.1
refused "node of another space" "part of space" --store
stop founder
try founder --join 127.0.0.1
refused "founder of another space" 127.0.0.1:7600 127.0.0.1:7400 --store
try founder --listen none
refused "shared store without neighbours" "$work/founder" --listen=none

cp -a "$work/b" "$work/copy"
try copy
refused "copy of a store that is in use" "is a copy"
cp -a "$work/a" "$work/copy-of-a"
try copy-of-a
refused "copy of the founder's store" 7400 "in use"

mount -t tmpfs -o size=8M tmpfs /dev/shm
try new --join 127.0.0.1
umount /dev/shm
refused "/dev/shm that is too small" /dev/shm "remount,size="

stop b
stop a
dsm fsck -q "$work/a" || fail "a is damaged"
echo "$checked wrong inputs refused"
