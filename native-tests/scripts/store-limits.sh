#!/bin/bash
# What happens at the limits of a store: one that is full by its own limit, and one whose disk is full, by itself or by
# somebody else. There is ENOSPC and no other error, what is there stays, removal goes on, also after kill -9.
#
#   store-limits.sh [--parent DIR] [--mount COMMAND] [--option OPTION]
#
#   --parent DIR     where store and mount point are made, in a new directory (default /var/tmp)
#   --mount COMMAND  instead of the installed dsm-mount
#   --option OPTION  one more argument for the mounts; may be repeated
#
# Ends with 1 at the first check that fails.

source "$(dirname "$0")/common.sh"
here=$(dirname "$(realpath "$0")")

parent=/var/tmp mount_command=dsm-mount options=()
while (($#)); do
    case $1 in
        --help) usage; exit 0 ;;
        --parent) parent=${2:?}; shift 2 ;;
        --mount) mount_command=${2:?}; shift 2 ;;
        --option) options+=("${2:?}"); shift 2 ;;
        *) die "unknown option $1; see --help" ;;
    esac
done
[[ $(id -u) == 0 ]] || die "must run as root"
command -v "$mount_command" > /dev/null || die "no command $mount_command; install the product first"

work=$(mktemp -d "$parent/dsm-limits.XXXXXX")
store=$work/store mount_point=$work/mount
mkdir "$mount_point"
clean_up() {
    if is_mounted "$mount_point"; then
        umount "$mount_point" || umount -l "$mount_point"
    fi
    if is_mounted "$work/disk"; then
        umount -l "$work/disk"
    fi
    rm -rf --one-file-system "$work"
}
at_exit clean_up

check() {
    local what=$1
    shift
    "$@" || { echo "FAIL $what" >&2; exit 1; }
    echo "ok $what"
}

mount_store() {
    timeout 60 "$mount_command" --store "$store" "$@" --log-file "$work/log" ${options[@]+"${options[@]}"} \
        "$mount_point"
}

daemon_pid() {
    sed -n 's/^pid *//p' <(dsm status "$mount_point")
}

await_end() {
    while is_running "$1"; do
        sleep 0.1
    done
}

stop() {
    local pid
    pid=$(daemon_pid)
    umount "$mount_point"
    await_end "$pid"
}

kill_and_mount() {
    local pid
    pid=$(daemon_pid)
    kill -KILL "$pid"
    umount -l "$mount_point" 2> /dev/null || ! is_mounted "$mount_point"
    await_end "$pid"
    mount_store > /dev/null
}

# fails_with MESSAGE COMMAND...: whether the command fails and says that, in one line.
fails_with() {
    local message=$1 said
    shift
    said=$("$@" 2>&1 > /dev/null) && return 1
    [[ $said == *"$message"* && $said != *$'\n'* ]] || { echo "it says: $said" >&2; return 1; }
}

available() {
    df --output=avail -B1 "$mount_point" | tail -n 1
}

# Checksum of what is there, names, types and sizes.
list() {
    (cd "$mount_point" && find . -printf '%p %y %s\n' | sort | cksum)
}

# Removal and trimming go on for a moment after rm has returned.
gets_room() {
    local i
    for ((i = 0; i < 100; i++)); do
        (($(available) >= $1)) && return
        sleep 0.1
    done
    return 1
}

mount_store --disk 256M > /dev/null
room=$(available)
mkdir "$mount_point/kept"
echo content > "$mount_point/kept/file"
check "a full store is ENOSPC" fails_with "No space left on device" \
    dd if=/dev/zero of="$mount_point/filler" bs=1M status=none
check "and has next to no room" test "$(available)" -lt $((room / 20))
check "what is there can be read" grep -q content "$mount_point/kept/file"
check "and removed" rm "$mount_point/filler"
check "which makes room" gets_room $((room * 9 / 10))
check "that can be used" dd if=/dev/zero of="$mount_point/again" bs=1M count=$((room / 2 >> 20)) conv=fsync status=none
stop

# A disk of its own, without a limit but its size.
mkdir "$work/disk"
truncate -s 192M "$work/image"
mkfs.ext4 -q -m 0 "$work/image"
mount -o loop "$work/image" "$work/disk"
store=$work/disk/store
mount_store > /dev/null
echo content > "$mount_point/file"
room=$(available)

for mode in bytes files directories xattrs; do
    made=$(python3 "$here/fill.py" "$mode" "$mount_point/filler") || { echo "FAIL filling with $mode" >&2; exit 1; }
    check "a disk full of $mode is ENOSPC, after $made" test "$(available)" -lt $((room / 4))
    listed=$(list)
    check "it can be mounted again after kill -9" kill_and_mount
    check "all that was synced is there" test "$(list)" == "$listed"
    check "and is removed" rm -r "$mount_point/filler"
    check "which makes room" gets_room $((room * 8 / 10))
done

dd if=/dev/urandom of="$mount_point/own" bs=1M count=4 conv=fsync status=none
dd if=/dev/zero of="$work/disk/others" bs=1M status=none 2> /dev/null || true
check "somebody else has filled the disk" test "$(df --output=avail -B1 "$work/disk" | tail -n 1)" -lt 1000000
check "what is there can be overwritten" \
    dd if=/dev/urandom of="$mount_point/own" bs=1M count=4 conv=notrunc,fsync status=none
check "and more is ENOSPC" fails_with "No space left on device" dd if=/dev/zero of="$mount_point/more" bs=1M status=none
check "kill -9 with a full disk does no harm" kill_and_mount
check "what is there can be read" grep -q content "$mount_point/file"
check "and removed" rm "$mount_point/more" "$mount_point/own"
rm "$work/disk/others"
check "once there is room again it can be used" \
    dd if=/dev/zero of="$mount_point/more" bs=1M count=16 conv=fsync status=none
stop
check "the store is clean" dsm fsck "$store"
