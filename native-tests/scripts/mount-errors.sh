#!/bin/bash
# What dsm-mount says when it cannot mount: one line that names the thing and the remedy, an exit status other than 0,
# and nothing mounted. Needs root, and dsm-mount and dsm on the PATH.
#
# usage: mount-errors.sh
source "$(dirname -- "$(readlink -f -- "$0")")/common.sh"

[[ $(id -u) == 0 ]] || die "must be run as root"
# Mounts of its own, so that it can hide devices and libraries.
if [[ ${1-} != inside ]]; then
    (($# == 0)) || { usage >&2 && exit 2; }
    exec unshare --mount --propagation private "$0" inside
fi

readonly SECONDS_MAX=120
work=''
new_temporary_directory work
chmod 755 "$work"
at_exit unmount_all
unmount_all() {
    local mounted
    while read -r mounted; do
        umount -l "$mounted"
    done < <(awk -v below="$work/" 'index($2, below) == 1 { print $2 }' /proc/self/mounts | tac)
    for ((i = 0; i < 300; i++)); do
        [[ ! -e $work/store/lock ]] || flock --nonblock "$work/store/lock" true && return
        sleep 0.1
    done
}

fail() {
    echo "mount-errors: $*" >&2
    exit 1
}

# as USER ARGUMENT...: runs dsm-mount; leaves its exit status in "status" and its standard error in "said".
as() {
    local user=$1
    shift
    status=0
    timeout "$SECONDS_MAX" setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
        env HOME="$work/home" dsm-mount --listen=none "$@" \
        > /dev/null 2> "$work/said" < /dev/null || status=$?
    said=$(< "$work/said")
}

# try ARGUMENT...: the same as root, with the test's own log, mount point, and store, unless the arguments name another.
try() {
    [[ $* == *--store=* ]] || set -- --store="$work/store" "$@"
    as root --log-file="$work/log" "$@" "$work/mnt"
}

checked=0
# refused WHAT PART...: the last try has failed with one line that has these parts.
refused() {
    local what=$1 part
    shift
    ((status != 0 && status != 124)) || fail "$what: exit status $status: $said"
    [[ $said != *$'\n'* && $said == "dsm-mount: "* ]] || fail "$what: not one line: $said"
    for part in "$@"; do
        [[ $said == *"$part"* ]] || fail "$what: '$part' is missing: $said"
    done
    ! is_mounted "$work/mnt" || fail "$what: it is mounted nevertheless"
    checked=$((checked + 1))
    echo "ok: $what: ${said#dsm-mount: }"
}

# damaged FILE OFFSET BYTES: makes a copy of the store with wrong bytes in a file.
damaged() {
    rm -rf "$work/damaged"
    cp -a --sparse=always "$work/whole" "$work/damaged"
    printf '%b' "$3" | dd of="$work/damaged/$1" bs=1 seek="$2" conv=notrunc status=none
}

mkdir "$work/mnt" "$work/home" "$work/empty"
chown nobody "$work/home"

# --- the command line ---
try --quatsch
refused "unknown option" --quatsch
try --memory=1K
refused "too little memory" memory "at least 32M"
try --memory=65T
refused "absurdly much memory" memory "at most 64T"
try --disk=1M
refused "too small a disk" disk "at least 256M"
try --data-page=3K
refused "data page of a wrong size" "data page" "power of two"
try -o quatsch
refused "unknown mount option" quatsch

# --- the mount point ---
as root --log-file="$work/log" --store="$work/store" "$work/missing"
refused "mount point that is missing" "$work/missing" "mkdir -p"
touch "$work/file"
as root --log-file="$work/log" --store="$work/store" "$work/file"
refused "mount point that is a file" "$work/file" "not a directory"

# --- what this computer and this user may do ---
mkdir "$work/dev" "$work/dev/shm"
for device in null zero random urandom; do
    cp -a "/dev/$device" "$work/dev/"
done
ln -s /proc/self/fd "$work/dev/fd"
mount --bind "$work/dev" /dev
try
refused "no /dev/fuse" "there is no /dev/fuse" "modprobe fuse"
mknod -m 600 /dev/fuse c 10 229
as nobody --log-file="$work/home/log" --store="$work/home/store" "$work/home"
refused "no permission to use /dev/fuse" /dev/fuse chmod
chmod 666 /dev/fuse
mount --bind "$work/file" /usr/bin/fusermount3
as nobody --front-end=kernel --log-file="$work/home/log" --store="$work/home/store" "$work/home"
umount /usr/bin/fusermount3
refused "no fusermount3 for another user than root" fusermount3 "apt-get install fuse3"
as nobody --log-file="$work/home/log" --store="$work/home/store" "$work/mnt"
refused "mount point of somebody else" "$work/mnt"
as nobody --log-file="$work/home/log" --store=/root/store "$work/home"
refused "store where the user may not write" /root --store
as nobody --log-file=/root/log --store="$work/home/store" "$work/home"
refused "log file where the user may not write" /root/log --log-file
umount /dev
library=$(readlink -f "$(ldconfig -p | awk '$1 == "libfuse.so.2" { print $NF; exit }')")
[[ -n $library ]] || fail "libfuse 2 is not installed"
mount --bind "$work/file" "$library"
try --front-end=jnr-fuse
umount "$library"
refused "no libfuse" libfuse "apt-get install libfuse2"

# --- the store's place ---
mkdir "$work/read-only" "$work/small" "$work/foreign"
mount -t tmpfs -o ro tmpfs "$work/read-only"
try --store="$work/read-only/store"
refused "new store on a read-only disk" "$work/read-only/store" "Read-only file system"
mount -t tmpfs -o size=20M tmpfs "$work/small"
try --store="$work/small/store"
refused "new store on a disk that is too small" "$work/small/store" "No space left on device"
umount "$work/small"
touch "$work/foreign/letter"
try --store="$work/foreign"
refused "foreign directory as a store" "$work/foreign" letter --store
[[ $(ls -A "$work/foreign") == letter ]] || fail "the foreign directory was changed"
try --store="$work/file"
refused "file as a store" "$work/file" "Not a directory"
try --store="$work/none" -o ro
refused "read-only mount without a store" "$work/none" "read-only"

# --- the store ---
dsm-mount --listen=none --memory=64M --disk=256M --log-file="$work/log" --store="$work/store" "$work/mnt" > /dev/null
echo content > "$work/mnt/file"
sync "$work/mnt/file"
pid=$(sed -n 's/^pid *//p' <(dsm status "$work/mnt"))
# As the machine would find it after a power cut: the log has what no checkpoint has.
kill -STOP "$pid"
cp -a --sparse=always "$work/store" "$work/whole"
kill -CONT "$pid"
as root --log-file="$work/log" --store="$work/store2" "$work/mnt"
[[ $status != 0 && $said == "dsm-mount: "*"$work/mnt is already mounted"*"umount it first"* ]] ||
    fail "mount point of another mount: $said"
mkdir "$work/mnt2"
as root --log-file="$work/log" --store="$work/store" "$work/mnt2"
[[ $status != 0 && $said == "dsm-mount: "*"$work/store is in use"*--store* ]] || fail "store in use: $said"
umount "$work/mnt"
unmount_all

damaged superblock 8 '\xff'
printf '\xff' | dd of="$work/damaged/superblock" bs=1 seek=$((4096 + 8)) conv=notrunc status=none
try --store="$work/damaged"
refused "store of a newer version" "install the newer dsm"
damaged superblock 20 'damage'
printf damage | dd of="$work/damaged/superblock" bs=1 seek=$((4096 + 20)) conv=notrunc status=none
try --store="$work/damaged"
refused "damaged superblock" superblock "restore the store"
damaged journal 100 'damage'
try --store="$work/damaged"
refused "damaged journal" "journal is damaged at LSN" "restore the store"
damaged journal 0 ''
truncate -s 1M "$work/damaged/journal"
try --store="$work/damaged"
refused "journal that was cut off" journal "restore the store"
mount --bind "$work/whole" "$work/whole"
mount -o remount,bind,ro "$work/whole"
try --store="$work/whole"
refused "store on a read-only disk" "$work/whole" "Read-only file system"
umount "$work/whole"
try --store="$work/whole" --data-page=64K
refused "another page size" --data-page

# --- Java ---
status=0
said=$(JAVA_HOME=$work/empty dsm-mount "$work/mnt" 2>&1) || status=$?
refused "JAVA_HOME without a JDK" "$work/empty" "JDK 17"

echo "$checked wrong inputs refused"
