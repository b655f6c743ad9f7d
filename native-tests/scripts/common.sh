# Shared by the scripts here; sourced, not run.
# shellcheck shell=bash

set -euo pipefail

exit_actions=()

# Runs the arguments as a command at exit, whatever the outcome; the last registered first.
at_exit() {
    exit_actions+=("$(printf '%q ' "$@")")
}

run_exit_actions() {
    local status=$? index
    set +e
    for ((index = ${#exit_actions[@]} - 1; index >= 0; index--)); do
        eval "${exit_actions[index]}"
    done
    exit "$status"
}
trap run_exit_actions EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 2
}

# Prints the comment at the head of the script.
usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

# need COMMAND PACKAGE: makes sure that the command is there, installing the Debian package as root.
need() {
    command -v "$1" > /dev/null && return
    [[ $(id -u) == 0 ]] || die "$1 is missing; install the package $2"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$2" > /dev/null 2>&1 ||
        die "$1 is missing and the package $2 cannot be installed; try apt-get update"
}

# new_temporary_directory VARIABLE: makes a directory on the local disk that is removed at exit.
new_temporary_directory() {
    local -n made=$1
    made=$(mktemp -d /var/tmp/dsm-tests.XXXXXX)
    at_exit rm -rf --one-file-system "$made"
}

# new_subdirectory VARIABLE DIR: makes a directory in DIR that is removed at exit.
new_subdirectory() {
    local -n made=$1
    [[ -d $2 && -w $2 ]] || die "not a writable directory: $2"
    made=$(mktemp -d "$2/dsm-tests.XXXXXX")
    at_exit rm -rf --one-file-system "$made"
}

# new_shared_subdirectory VARIABLE DIR...: makes a directory in the first DIR that is removed at exit, and sets the array to
# where each DIR, which are directories of nodes that show the same, shows it.
new_shared_subdirectory() {
    local -n shown=$1
    local new directory
    new_subdirectory new "$2"
    shown=()
    for directory in "${@:2}"; do
        shown+=("$directory/$(basename "$new")")
        [[ -d ${shown[-1]} ]] || die "$2 has a new directory that $directory does not show"
    done
}

# is_running PID: whether the process has not ended; one that nobody has waited for yet has.
is_running() {
    local state
    state=$(sed -n 's/^State:\s*\(.\).*/\1/p' "/proc/$1/status" 2> /dev/null)
    [[ -n $state && $state != Z ]]
}

is_mounted() {
    grep -q " $1 " /proc/self/mounts
}

# fetch_ping_pong: sets ping_pong to the program of the Debian package ctdb, which is taken out of the package and not
# installed, as that would start a cluster's daemon. Needs scratch, a temporary directory.
# shellcheck disable=SC2034,SC2154  # for the scripts
fetch_ping_pong() {
    if ping_pong=$(command -v ping_pong); then
        return
    fi
    need dpkg-deb dpkg
    (cd "$scratch" && apt-get -q -o APT::Sandbox::User=root download ctdb > /dev/null 2>&1) ||
        die "the package ctdb, which has ping_pong, cannot be fetched; try apt-get update"
    dpkg-deb --fsys-tarfile "$scratch"/ctdb_*.deb | tar -C "$scratch" -xf - ./usr/bin/ping_pong
    ping_pong=$scratch/usr/bin/ping_pong
}
