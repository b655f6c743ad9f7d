#!/bin/bash
# Runs ordinary programs in a directory and checks what they made of it.
#
#   programs.sh DIR [quick|full] [STEP...]
#
#   quick  (default) C project from Debian's sources, git, SQLite, PostgreSQL, rsync, tar, fio with verification
#   full   the same for longer, and a build of this project with Maven, stress-ng's filesystem class and dbench
#   STEP   only these, of c-project git sqlite-wal sqlite-rollback postgresql rsync tar fio fio-mmap maven stress-ng
#          dbench
#
# Prints PASS or FAIL and the seconds for each step, and the end of the log of one that fails; ends with 1 if any
# failed. Installs missing packages as root.

# shellcheck disable=SC2317  # the steps' functions are called by name
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/steps.sh"
here=$(dirname "$(realpath "$0")")

[[ $# -ge 1 ]] || { usage >&2; exit 2; }
[[ $1 != --help ]] || { usage; exit 0; }
directory=$1
extent=${2:-quick}
[[ $extent == quick || $extent == full ]] || die "neither quick nor full: $extent"
selected=("${@:3}")
[[ $(id -u) == 0 ]] || die "must run as root"

scratch=''
new_temporary_directory scratch
work=''
new_subdirectory work "$directory"
chmod 755 "$work" "$scratch"

# by_extent QUICK FULL: prints the one that applies.
by_extent() {
    if [[ $extent == full ]]; then echo "$2"; else echo "$1"; fi
}

run_c_project() {
    need gcc gcc
    need make make
    need dpkg-source dpkg-dev
    fetch_source zlib
    cd "$work/c-project"
    dpkg-source -x "$scratch"/zlib_*.dsc zlib
    cd zlib
    ./configure
    make -j 2
    make test
    make distclean
}

run_git() {
    need git git
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
    cd "$work/git"
    git init -q origin
    mkdir origin/source
    perl "$here/make-tree.pl" origin/source
    cd origin
    git config user.name Tester
    git config user.email tester@example.invalid
    git add .
    git commit -q -m First
    find source -name 'source-[3-7].c' -exec sed -i 's/static/extern/' {} +
    git commit -q -a -m Second
    git mv source/module-1 source/module-99
    git rm -q -r source/module-2
    git commit -q -m Third
    cd ..
    git clone -q --no-local origin clone
    git -C clone fsck --full --strict
    git -C clone gc -q --aggressive
    git -C clone fsck --full --strict
    [[ -z $(git -C clone status --porcelain) ]]
    diff -r origin/source clone/source
    git -C clone checkout -q HEAD~2
    git -C clone checkout -q -
    diff -r origin/source clone/source
}

# sqlite_writers MODE DIRECTORY: several processes insert into one database, each row in a transaction of its own.
sqlite_writers() {
    need sqlite3 sqlite3
    local database=$work/$2/test.db writers=4 rows writer pids=()
    rows=$(by_extent 100 1000)
    sqlite3 "$database" "PRAGMA journal_mode=$1;
        CREATE TABLE t (writer INT, n INT, filler BLOB, PRIMARY KEY (writer, n));"
    for ((writer = 0; writer < writers; writer++)); do
        for ((n = 0; n < rows; n++)); do
            echo "INSERT INTO t VALUES ($writer, $n, randomblob(500));"
        done | sqlite3 -bail -cmd '.timeout 60000' "$database" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid"
    done
    [[ $(sqlite3 "$database" 'PRAGMA integrity_check') == ok ]]
    [[ $(sqlite3 "$database" 'SELECT count(*) FROM t') == $((writers * rows)) ]]
    sqlite3 "$database" 'DELETE FROM t WHERE n % 2; VACUUM;'
    [[ $(sqlite3 "$database" 'PRAGMA integrity_check') == ok ]]
}

run_sqlite_wal() {
    sqlite_writers wal sqlite-wal
}

run_sqlite_rollback() {
    sqlite_writers delete sqlite-rollback
}

as_postgres() {
    runuser -u postgres -- "$@"
}

run_postgresql() {
    local programs data=$work/postgresql/data
    compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || need initdb postgresql
    programs=$(compgen -G '/usr/lib/postgresql/*/bin' | tail -n 1)
    cd "$work/postgresql"
    chown postgres: .
    as_postgres "$programs/initdb" -D "$data" --data-checksums --auth=trust
    as_postgres "$programs/pg_ctl" -D "$data" -w -l "$work/postgresql/server.log" \
        -o "-c listen_addresses= -c unix_socket_directories=$work/postgresql" start
    trap 'as_postgres "$programs/pg_ctl" -D "$data" -m immediate stop' EXIT
    export PGHOST=$work/postgresql PGDATABASE=postgres
    as_postgres "$programs/pgbench" -i -s "$(by_extent 2 10)"
    as_postgres "$programs/pgbench" -c 4 -j 2 -T "$(by_extent 10 60)"
    as_postgres "$programs/psql" -At -c 'SELECT (SELECT sum(bbalance) FROM pgbench_branches) =
        (SELECT sum(abalance) FROM pgbench_accounts)' | grep -qx t
    trap - EXIT
    as_postgres "$programs/pg_ctl" -D "$data" -m fast -w stop
    as_postgres "$programs/pg_checksums" --check -D "$data"
}

# Makes a tree with everything that an archiver has to keep.
make_special_tree() {
    need setfacl acl
    need setfattr attr
    mkdir -p "$1/deep/er"
    perl "$here/make-tree.pl" "$1/deep/er"
    rm -rf "$1"/deep/er/module-1?
    echo content > "$1/file"
    ln "$1/file" "$1/deep/hard-link"
    ln -s ../file "$1/deep/symbolic-link"
    ln -s nowhere "$1/dangling"
    mkfifo "$1/fifo"
    mknod "$1/null" c 1 3
    truncate -s 64M "$1/sparse"
    echo middle | dd of="$1/sparse" bs=1M seek=31 conv=notrunc status=none
    setfattr -n user.colour -v blue "$1/file"
    setfattr -n user.colour -v green "$1/deep"
    setfacl -m u:1234:rw,g:2345:r "$1/file"
    setfacl -d -m u:1234:rwx "$1/deep/er"
    chown 3456:4567 "$1/deep/hard-link" "$1/deep/er"
    chmod 4755 "$1/deep/er/module-2/package-1/source-1.c"
    chmod 1777 "$1/deep"
    touch -h -d '2001-02-03 04:05:06.789012345' "$1/dangling" "$1/deep/er/module-3"
}

# Fails if rsync would still change something to make the second tree like the first.
require_same_trees() {
    rsync -aHAX --checksum --delete --dry-run --itemize-changes "$1/" "$2/" > "$scratch/differences"
    cat "$scratch/differences"
    [[ ! -s $scratch/differences ]]
}

run_rsync() {
    need rsync rsync
    make_special_tree "$scratch/original"
    rsync -aHAXS "$scratch/original/" "$work/rsync/there/"
    require_same_trees "$scratch/original" "$work/rsync/there"
    rsync -aHAXS "$work/rsync/there/" "$scratch/back/"
    require_same_trees "$scratch/original" "$scratch/back"
    rm -rf "$scratch/original" "$scratch/back"
}

run_tar() {
    need rsync rsync
    local options=(--sparse --xattrs --xattrs-include='*' --acls)
    make_special_tree "$scratch/original"
    mkdir "$work/tar/there" "$scratch/back"
    tar -C "$scratch/original" "${options[@]}" -cf - . | tar -C "$work/tar/there" "${options[@]}" -xpf -
    require_same_trees "$scratch/original" "$work/tar/there"
    [[ $(du -k "$work/tar/there/sparse" | cut -f 1) -le 2048 ]]
    tar -C "$work/tar/there" "${options[@]}" -cf "$work/tar/archive" .
    tar -C "$scratch/back" "${options[@]}" -xpf "$work/tar/archive"
    require_same_trees "$scratch/original" "$scratch/back"
    rm -rf "$scratch/original" "$scratch/back"
}

# fio_verified NAME OPTION...
fio_verified() {
    need fio fio
    fio --name=verified --directory="$work/$1" --size="$(by_extent 64M 512M)" --numjobs=2 --rw=randwrite \
        --bsrange=1k-64k --bs_unaligned --verify=crc32c --verify_fatal=1 --do_verify=1 --verify_state_save=0 \
        --group_reporting "${@:2}"
}

run_fio() {
    fio_verified fio --ioengine=psync --fsync=200
}

run_fio_mmap() {
    fio_verified fio-mmap --ioengine=mmap
}

# Builds a copy of this checkout, with the local repository that a build outside of the directory has filled.
run_maven() {
    need git git
    need mvn maven
    cd "$work/maven"
    git -c safe.directory='*' -C "$here/../.." archive HEAD | tar -xf -
    mvn -q -o -DskipTests package
}

run_stress_ng() {
    need stress-ng stress-ng
    local status=0
    stress-ng --class filesystem --sequential 1 --timeout 3s --temp-path "$work/stress-ng" --verify || status=$?
    # A stressor that is killed at its end leaves files that nobody may remove.
    chattr -R -f -i -a "$work/stress-ng" || true
    # 3 and 4: a stressor found no resources or is not implemented here, as some of the class are on any machine.
    [[ $status == 0 || $status == 3 || $status == 4 ]]
}

run_dbench() {
    need dbench dbench
    dbench -D "$work/dbench" -t 30 4
}

steps=(c-project git sqlite-wal sqlite-rollback postgresql rsync tar fio fio-mmap)
if [[ $extent == full || ${#selected[@]} -gt 0 ]]; then
    steps+=(maven stress-ng dbench)
fi
run_steps "${steps[@]}"
