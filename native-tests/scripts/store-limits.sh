#!/bin/bash
# What happens at the limits of a store: one of a newer version, one that is full, a removal from a full one.
#
#   store-limits.sh [--parent DIR] [--mount COMMAND] [--option OPTION]
#
#   --parent DIR     where store and mount point are made, in a new directory (default /var/tmp)
#   --mount COMMAND  instead of the installed dsm-mount
#   --option OPTION  one more argument for the mounts; may be repeated
#
# Ends with 1 at the first check that fails.

source "$(dirname "$0")/common.sh"

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
    timeout 60 "$mount_command" --store "$store" --disk 256M --log-file "$work/log" ${options[@]+"${options[@]}"} \
        "$mount_point"
}

stop() {
    local pid
    pid=$(sed -n 's/^pid *//p' <(dsm status "$mount_point"))
    umount "$mount_point"
    while is_running "$pid"; do
        sleep 0.1
    done
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

# Removal and trimming go on for a moment after rm has returned.
gets_room() {
    local i
    for ((i = 0; i < 100; i++)); do
        (($(available) >= $1)) && return
        sleep 0.1
    done
    return 1
}

mount_store > /dev/null
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

# The format version is at byte 8 of each copy of the superblock.
for copy in 0 4096; do
    printf '\xff' | dd of="$store/superblock" bs=1 seek=$((copy + 8)) conv=notrunc status=none
done
check "a store of a newer version is refused" fails_with "install the newer dsm" mount_store
