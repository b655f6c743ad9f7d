#!/bin/bash
# Sourced by the launchers: finds a JDK, and sets the array java to the command with its options up to the main class.
# Run by itself with "feature" it prints the JDK's feature version.

home=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# jdk_version DIRECTORY: prints the feature version if the directory holds a JDK with a compiler.
jdk_version() {
    [[ -x $1/bin/java && -r $1/release ]] || return 1
    local JAVA_VERSION='' MODULES=''
    # The file holds assignments, as every JDK since 9 writes it.
    eval "$(grep -E '^(JAVA_VERSION|MODULES)="[^"`$\\]*"$' "$1/release")"
    [[ -z $MODULES || " $MODULES " == *" jdk.compiler "* ]] || return 1
    echo "${JAVA_VERSION%%[!0-9]*}"
}

find_jdk() {
    local candidate version candidates=()
    if [[ -n ${JAVA_HOME:-} ]]; then
        if ! version=$(jdk_version "$JAVA_HOME") || ((version < 17)); then
            die "JAVA_HOME=$JAVA_HOME is not a JDK 17 or newer"
        fi
        jdk=$JAVA_HOME jdk_feature=$version
        return
    fi
    if candidate=$(command -v java); then
        candidate=$(readlink -f -- "$candidate")
        candidates+=("${candidate%/bin/java}")
    fi
    candidates+=(/usr/lib/jvm/*)
    for candidate in "${candidates[@]}"; do
        if version=$(jdk_version "$candidate") && ((version >= 17)); then
            jdk=$candidate jdk_feature=$version
            return
        fi
    done
    die "no JDK 17 or newer found: apt-get install openjdk-17-jdk-headless, or set JAVA_HOME"
}

find_jdk
if [[ $0 == "${BASH_SOURCE[0]}" ]]; then
    [[ ${1:-} == feature ]] || die "usage: dsm-java.sh feature"
    echo "$jdk_feature"
    exit 0
fi

# Two arenas are plenty, and each costs resident memory.
export MALLOC_ARENA_MAX=2
java=("$jdk/bin/java" "@$home/jvm/options")
if ((jdk_feature >= 24)); then
    java+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
fi
if [[ -r $home/jvm/classes-$jdk_feature.jsa ]]; then
    java+=("-XX:SharedArchiveFile=$home/jvm/classes-$jdk_feature.jsa" -Xshare:auto -Xlog:disable -Xlog:all=error:stderr)
fi
# Extra options for the virtual machine, for experts.
read -r -a extra <<<"${DSM_JAVA_OPTIONS:-}"
java+=("${extra[@]}" -cp "$home/lib/*")
