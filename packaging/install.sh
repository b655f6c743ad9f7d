#!/bin/bash
# Installs dsm on Debian 12 from a checkout: what it needs, itself, and a mount on /mnt/dsm. Safe to run again.
set -euo pipefail

usage() {
    cat <<'END'
usage: packaging/install.sh [OPTIONS]
Installs what is missing (JDK, Maven, FUSE), builds, installs dsm, and mounts /mnt/dsm. Run as root.

  --prefix DIR        install below DIR (default /usr/local); mount.dsm for mount(8) and the systemd unit
                      are installed with /usr/local and /usr only
  --mount-point DIR   mount there (default /mnt/dsm)
  --no-mount          do not mount
  --no-build          install what has been built before
  --uninstall         unmount nothing, but remove what this script has installed; stores stay
  -h, --help          show this help
END
}

say() {
    echo "install: $*"
}

die() {
    echo "install: $*" >&2
    exit 1
}

prefix=/usr/local mount_point=/mnt/dsm mount=1 build=1 uninstall=
while (($#)); do
    case $1 in
        --prefix) prefix=${2:?--prefix needs a directory} && shift ;;
        --mount-point) mount_point=${2:?--mount-point needs a directory} && shift ;;
        --no-mount) mount= ;;
        --no-build) build= ;;
        --uninstall) uninstall=1 ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done
[[ $prefix == /* ]] || die "--prefix: $prefix is not an absolute path"
((EUID == 0)) || die "must be run as root"

source=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
home=$prefix/lib/dsm
commands=(dsm dsm-mount)
pages=(dsm.8 dsm-mount.8)
# mount(8) and systemd look for these in one place only, so an installation elsewhere does without.
helper= unit=
if [[ $prefix == /usr/local || $prefix == /usr ]]; then
    helper=/sbin/mount.dsm
    unit=/etc/systemd/system/dsm@.service
fi

remove_all() {
    local name
    for name in "${commands[@]}"; do
        rm -f -- "$prefix/bin/$name"
    done
    for name in "${pages[@]}"; do
        rm -f -- "$prefix/share/man/man8/$name"
    done
    if [[ -n $helper ]]; then
        if [[ $(readlink -- "$helper" || true) == "$home/bin/mount.dsm" ]]; then
            rm -f -- "$helper"
        fi
        rm -f -- "$unit"
    fi
    rm -rf -- "$home" "$prefix/share/doc/dsm"
}

if [[ -n $uninstall ]]; then
    remove_all
    say "removed; stores and logs stay in /var/lib/dsm and /var/log/dsm"
    exit 0
fi

missing=()
# need PACKAGE TEST...: remembers the package if the test fails.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_jdk() {
    local compiler
    for compiler in ${JAVA_HOME:+"$JAVA_HOME/bin/javac"} "$(command -v javac)" /usr/lib/jvm/*/bin/javac; do
        [[ -x $compiler ]] && return
    done
    return 1
}
has_libfuse2() {
    ldconfig -p | grep -q 'libfuse\.so\.2 '
}
need openjdk-17-jdk-headless has_jdk
[[ -z $build ]] || need maven command -v mvn
need fuse3 command -v fusermount3
need libfuse2 has_libfuse2
if ((${#missing[@]})); then
    say "installing ${missing[*]}"
    apt-get update -q -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q -q --no-install-recommends "${missing[@]}" >/dev/null
fi

if [[ -n $build ]]; then
    say "building (the first time Maven downloads what it needs)"
    mvn -q -B -ntp -Dstyle.color=never -f "$source/pom.xml" -pl fs-mount -am -DskipTests package
fi
[[ -d $source/fs-mount/target/lib ]] || die "nothing is built yet: leave --no-build out"

say "installing to $home"
remove_all
install -d "$home/bin" "$home/lib" "$home/jvm" "$prefix/bin" "$prefix/share/man/man8"
install -m 644 "$source"/fs-mount/target/lib/*.jar "$source"/fs-mount/target/fs-mount-*.jar "$home/lib"
install -m 644 "$source/fs-mount/target/jvm/options" "$home/jvm"
for name in "${commands[@]}" mount.dsm dsm-java.sh; do
    install -m 755 "$source/packaging/bin/$name" "$home/bin"
done
for name in "${commands[@]}"; do
    ln -s "$home/bin/$name" "$prefix/bin/$name"
done
if [[ -n $helper ]]; then
    ln -sf "$home/bin/mount.dsm" "$helper"
fi
for name in "${pages[@]}"; do
    install -m 644 "$source/packaging/man/$name" "$prefix/share/man/man8"
done
install -D -m 644 "$source/packaging/examples/dsm.conf" "$prefix/share/doc/dsm/dsm.conf"
if [[ -n $unit && -d ${unit%/*} ]]; then
    sed "s|@PREFIX@|$prefix|" "$source/packaging/systemd/dsm@.service" >"$unit"
fi

# Starting from an archive of loaded classes takes half the time. It is taken from a mount that only lasts for that.
archive_classes() {
    local work archive pid status=0
    work=$(mktemp -d)
    archive=$home/jvm/classes-$("$home/bin/dsm-java.sh" feature).jsa
    mkdir "$work/mnt"
    if DSM_JAVA_OPTIONS="-XX:ArchiveClassesAtExit=$archive" "$prefix/bin/dsm-mount" --store="$work/store" \
        --log-file="$work/log" --memory=64M "$work/mnt" >/dev/null; then
        echo content >"$work/mnt/file" && cat "$work/mnt/file" >/dev/null && ls -l "$work/mnt" >/dev/null
        pid=$("$prefix/bin/dsm" status "$work/mnt" | awk '$1 == "pid" { print $2 }')
        umount "$work/mnt"
        # The archive is written as the process ends.
        while [[ -e /proc/$pid ]]; do
            sleep 0.1
        done
    else
        status=1
    fi
    rm -rf -- "$work"
    return "$status"
}
archive_classes || say "cannot mount here, so the first start is left to be slow"

if [[ -z $mount ]]; then
    say "done; mount with: dsm-mount $mount_point"
elif [[ $(findmnt -n -o FSTYPE --mountpoint "$mount_point" || true) == fuse.dsm ]]; then
    say "done; $mount_point is mounted already, by the version that was installed before: umount $mount_point, then" \
        "dsm-mount $mount_point"
else
    mkdir -p -- "$mount_point"
    "$prefix/bin/dsm-mount" "$mount_point"
fi
