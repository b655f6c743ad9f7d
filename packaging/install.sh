#!/bin/bash
# Installs dsm on Debian 12 from a checkout: what it needs, itself, and a mount on /mnt/dsm. Safe to run again.
set -euo pipefail

usage() {
    cat <<'END'
usage: packaging/install.sh [OPTIONS]
Installs what is missing (JDK, Maven, FUSE), builds, installs dsm, and mounts /mnt/dsm. Run as root.

  --prefix DIR        install below DIR (default /usr/local)
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
helper=/sbin/mount.dsm
unit=/etc/systemd/system/dsm@.service

remove_all() {
    local name
    for name in "${commands[@]}"; do
        rm -f -- "$prefix/bin/$name"
    done
    for name in "${pages[@]}"; do
        rm -f -- "$prefix/share/man/man8/$name"
    done
    if [[ $(readlink -- "$helper" || true) == "$home/bin/mount.dsm" ]]; then
        rm -f -- "$helper"
    fi
    rm -f -- "$unit"
    rm -rf -- "$home"
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
    mvn -q -B -ntp -f "$source/pom.xml" -pl fs-mount -am -DskipTests package
fi
[[ -d $source/fs-mount/target/lib ]] || die "nothing is built yet: leave --no-build out"

say "installing to $home"
remove_all
install -d "$home/bin" "$home/lib" "$home/jvm" "$prefix/bin" "$prefix/share/man/man8"
install -m 644 "$source"/fs-mount/target/lib/*.jar "$source"/fs-mount/target/fs-mount-*.jar "$home/lib"
install -m 644 "$source/fs-mount/target/jvm/options" "$home/jvm"
install -m 644 "$source/packaging/bin/dsm-java.sh" "$home/bin"
for name in "${commands[@]}" mount.dsm; do
    install -m 755 "$source/packaging/bin/$name" "$home/bin"
done
for name in "${commands[@]}"; do
    ln -s "$home/bin/$name" "$prefix/bin/$name"
done
ln -sf "$home/bin/mount.dsm" "$helper"
for name in "${pages[@]}"; do
    install -m 644 "$source/packaging/man/$name" "$prefix/share/man/man8"
done
if [[ -d ${unit%/*} ]]; then
    sed "s|@PREFIX@|$prefix|" "$source/packaging/systemd/dsm@.service" >"$unit"
fi

if [[ -z $mount ]]; then
    say "done; mount with: dsm-mount $mount_point"
elif [[ $(findmnt -n -o FSTYPE --mountpoint "$mount_point" || true) == fuse.dsm ]]; then
    say "done; $mount_point is mounted already, by the version that was installed before: umount $mount_point, then" \
        "dsm-mount $mount_point"
else
    mkdir -p -- "$mount_point"
    "$prefix/bin/dsm-mount" "$mount_point"
fi
