#!/bin/bash
# Proves the tests of several nodes themselves, without the product: they must pass where nodes cannot disagree, and
# each must fail where they do.
#
#   prove-node-tests.sh
#
#   one       one tmpfs seen at three places: everything passes
#   apart     a tmpfs for each node: every test fails
#   stale     one tmpfs through FUSE mounts whose kernel caches are never revoked: looks at what the kernel caches fail
#   unlocked  the same without those caches; locks stay in each mount's kernel: every test of locks fails
#
# Prints PASS or FAIL for each; ends with 1 if any failed. Needs root and Maven; bindfs is installed if it is missing.

source "$(dirname "$0")/common.sh"
here=$(dirname "$(realpath "$0")")
[[ ${1-} != --help ]] || { usage; exit 0; }
[[ $(id -u) == 0 ]] || die "must run as root"
need bindfs bindfs

scratch=''
new_temporary_directory scratch
reports=$here/../target/surefire-reports
failed=0

mount_tmpfs() {
    mkdir "$1"
    mount -t tmpfs -o mode=755 tmpfs "$1"
    at_exit umount -l "$1"
}

mount_bind() {
    mkdir "$2"
    mount --bind "$1" "$2"
    at_exit umount -l "$2"
}

mount_bindfs() {
    mkdir "$2"
    bindfs -o "$3" "$1" "$2"
    at_exit umount -l "$2"
}

# outcomes CLASSES DIRECTORY...: runs the tests on these nodes and prints "passed NAME" or "failed NAME" for each.
outcomes() {
    local classes=$1
    shift
    rm -f "$reports"/TEST-org.dsmfs.nodes.*
    NODE_DIRS="$*" mvn -B -ntp -f "$here/../../pom.xml" -pl native-tests test -Dtest="org.dsmfs.nodes.$classes" \
        > "$scratch/log" 2>&1 || true
    compgen -G "$reports/TEST-org.dsmfs.nodes.*" > /dev/null || { tail -n 20 "$scratch/log" >&2; die "no test ran"; }
    perl -ne 'BEGIN { undef $/ }
        while (m{<testcase name="([^"]*)" classname="[^"]*?(\w+)"[^>]*?(/>|>(.*?)</testcase>)}gs) {
            my ($name, $class, $content) = ($1, $2, $4 // "");
            print $content =~ /<(failure|error)/ ? "failed" : "passed", " $class.$name\n";
        }' "$reports"/TEST-org.dsmfs.nodes.*
}

# verdict NAME OUTCOME: all of the tests in the file outcomes must have that outcome.
verdict() {
    local name=$1 expected=$2 wrong count
    count=$(wc -l < "$scratch/outcomes")
    wrong=$(grep -v "^$expected " "$scratch/outcomes" || true)
    if ((count == 0)) || [[ -n $wrong ]]; then
        echo "FAIL $name: of $count tests these have not $expected:"
        echo "$wrong"
        failed=1
    else
        echo "PASS $name: $count tests have $expected"
    fi
}

mount_tmpfs "$scratch/shared"
for node in 1 2 3; do
    mount_bind "$scratch/shared" "$scratch/one-$node"
    mount_tmpfs "$scratch/apart-$node"
done
for node in 1 2; do
    mount_bindfs "$scratch/shared" "$scratch/stale-$node" \
        attr_timeout=60,ac_attr_timeout=60,entry_timeout=60,negative_timeout=60,kernel_cache
    mount_bindfs "$scratch/shared" "$scratch/unlocked-$node" attr_timeout=0,entry_timeout=0,direct_io
done

# Listings, targets of symbolic links and extended attributes are not cached there, so these pass.
uncached='aDirectory(ThatIsOpen|Lists|NoLonger)|aRemovedDirectory|whatIsBelow|aSymbolicLink|attributes'

outcomes '*Test' "$scratch"/one-? > "$scratch/outcomes"
verdict one passed
export NODE_ROUNDS=4
outcomes '*Test' "$scratch"/apart-? > "$scratch/outcomes"
verdict apart failed
outcomes VisibilityTest "$scratch"/stale-? | grep -vE "$uncached" > "$scratch/outcomes"
verdict stale failed
outcomes LockTest "$scratch"/unlocked-? > "$scratch/outcomes"
verdict unlocked failed
exit "$failed"
