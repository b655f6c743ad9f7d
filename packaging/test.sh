#!/bin/bash
# Passes all tests on Debian 12 from a checkout: installs what they need, builds, runs the unit tests, and then the suites
# that need real mounts, with the product installed in a directory of its own that is removed afterwards.
set -euo pipefail

usage() {
    cat <<'END'
usage: packaging/test.sh [OPTIONS] [PART...]
Installs what the tests need and runs them. Run as root, where /dev/fuse is.

  --crash-rounds N   kills of a daemon under load (default 100)
  -h, --help         show this help

Parts, all by default and in this order:
  unit      unit tests, simulated crashes, the POSIX suite on the local disk; on each JDK found, 17 and later
  posix     the POSIX suite on a mount
  programs  ordinary programs on a mount
  crash     a full store, a full disk, wrong input to a mount; kill -9 under load
  nodes     several nodes of one space: visibility, races, locks, mixed load, programs, crashes, cut links, stop and
            start of all; wrong input
Longer runs have their own commands: docs/TESTING.md.
END
}

say() {
    echo "test: $*"
}

die() {
    echo "test: $*" >&2
    exit 1
}

crash_rounds=100 parts=()
while (($#)); do
    case $1 in
        --crash-rounds) crash_rounds=${2:?--crash-rounds needs a number} && shift ;;
        -h | --help) usage && exit 0 ;;
        unit | posix | programs | crash | nodes) parts+=("$1") ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done
((${#parts[@]})) || parts=(unit posix programs crash nodes)
((EUID == 0)) || die "must be run as root: it mounts, and acts as several users"
[[ -c /dev/fuse ]] || die "/dev/fuse is missing: modprobe fuse, or give the container the device"

source=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
work=$(mktemp -d /var/tmp/dsm-test.XXXXXX)
# The tests act as several users, who have to get through.
chmod 755 "$work"
mount_point=$work/mnt
running=()
clean_up() {
    local status=$?
    if ((${#running[@]})); then
        kill "${running[@]}" 2>/dev/null || true
        wait "${running[@]}" || true
    fi
    if ((status)) && [[ -n ${current:-} ]]; then
        echo "test: $current FAILED" >&2
        echo "$passed passed, 1 failed"
    fi
    if mountpoint -q "$mount_point" 2>/dev/null || grep -q " $mount_point " /proc/self/mounts; then
        umount "$mount_point" || umount -l "$mount_point"
    fi
    if ((status)); then
        cp "$work/log" "$source/dsm-test.log" 2>/dev/null && say "the daemon's log: $source/dsm-test.log"
    fi
    rm -rf --one-file-system "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What a front end cannot carry; the suite checks that it really is lacking. COLLAPSE_RANGE and INSERT_RANGE are refused
# by the kernel for every FUSE filesystem, the others are limits of libfuse 2.
declare -A lacks=(
    [kernel]=COLLAPSE_RANGE,INSERT_RANGE
    [jnr-fuse]=COLLAPSE_RANGE,INSERT_RANGE,O_TMPFILE,RENAME_NOREPLACE,RENAME_EXCHANGE,SEEK_HOLE,ACLS,BIRTH_TIME,INODE_FLAGS,OPEN_DURING_REPLACE
)

# libfuse 2 can't revoke what the kernel has cached: only a node that never has neighbours lets it cache anything.
declare -A options=([kernel]='' [jnr-fuse]='--listen none')

needed=(acl attr e2fsprogs perl python3 procps util-linux gcc libc6-dev make iproute2)
missing=()
for package in "${needed[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
    say "installing ${missing[*]}"
    apt-get update -q -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q -q --no-install-recommends "${missing[@]}" >/dev/null
fi

say "installing the product below $work"
bash "$source/packaging/install.sh" --prefix "$work/installed" --no-mount
export PATH=$work/installed/bin:$PATH

passed=0 current=
part() {
    local name=$1 start=$SECONDS
    shift
    say "$name starts"
    # Not "|| die": that would switch errexit off inside.
    current=$name
    "$@"
    current=
    passed=$((passed + 1))
    say "$name passed in $((SECONDS - start)) s"
}

unit() {
    local home version
    mvn -B -ntp -f "$source/pom.xml" test
    for home in /usr/lib/jvm/*; do
        [[ -x $home/bin/javac && ! -L $home ]] || continue
        version=$("$home/bin/javac" -version 2>&1 | sed 's/javac \([0-9]*\).*/\1/')
        if ((version > 17)); then
            say "once more on JDK $version, without what is the same on each"
            JAVA_HOME=$home mvn -B -ntp -f "$source/pom.xml" -DexcludedGroups=logic -Ddsm.crash.points=1000 \
                -Ddsm.cluster.seeds=3 -Dlayout.runs=50 test
        fi
    done
}

# on_mount FRONT_END COMMAND...: mounts a store of the front end's own, runs the command, unmounts and checks the store.
on_mount() {
    local front_end=$1
    shift
    mkdir -p "$mount_point"
    dsm-mount --front-end "$front_end" ${options[$front_end]} --store "$work/$front_end" --log-file "$work/log" \
        "$mount_point"
    "$@"
    umount "$mount_point"
    dsm fsck "$work/$front_end"
}

posix() {
    local front_end=$1
    mkdir -p "$mount_point/posix"
    POSIX_DIR=$mount_point/posix POSIX_LACKS=${lacks[$front_end]} mvn -B -ntp -f "$source/pom.xml" -pl native-tests test
}

# Three stores at a time, as a round mostly waits. One in five kills is that of a node: the start of the consensus takes
# longer than all the rest of a round.
crashes() {
    local rounds=$((crash_rounds / 5)) pid failures=0
    bash "$source/native-tests/scripts/crash.sh" --option --listen=none --rounds "$((2 * rounds))" &
    running+=($!)
    bash "$source/native-tests/scripts/crash.sh" --option --listen=none --rounds "$((crash_rounds - 3 * rounds))" &
    running+=($!)
    # A node comes back where it was, so not on the port that others on this machine take first.
    bash "$source/native-tests/scripts/crash.sh" --option --listen=127.0.0.1:7890 --rounds "$rounds" &
    running+=($!)
    for pid in "${running[@]}"; do
        wait "$pid" || failures=$((failures + 1))
    done
    running=()
    return "$failures"
}

for name in "${parts[@]}"; do
    case $name in
        unit) part "unit tests" unit ;;
        posix)
            for front_end in jnr-fuse kernel; do
                part "POSIX suite on $front_end" on_mount "$front_end" posix "$front_end"
            done
            ;;
        programs)
            part "programs on a mount" on_mount jnr-fuse \
                bash "$source/native-tests/scripts/programs.sh" "$mount_point" quick
            ;;
        nodes)
            part "several nodes" bash "$source/native-tests/scripts/nodes-suite.sh" --parent "$work" \
                java load programs kill-quick one-way-quick whole-space-quick
            part "wrong input to nodes" bash "$source/native-tests/scripts/nodes-errors.sh"
            part "large packets get lost" bash "$source/native-tests/scripts/small-mtu.sh" --parent "$work"
            ;;
        crash)
            part "limits of a store" bash "$source/native-tests/scripts/store-limits.sh" --option --listen=none
            part "wrong input to a mount" bash "$source/native-tests/scripts/mount-errors.sh"
            part "kill -9 under load" crashes
            ;;
    esac
done
echo "$passed passed, 0 failed"
