#!/bin/bash
# Runs programs on several nodes at once, on the same files, and checks what they made of them.
#
#   DIRS="DIR DIR..." nodes-programs.sh [quick|full] [STEP...]
#
#   DIRS   a directory of each node that shows the same, two or more; nodes.sh sets it
#   quick  (default) ping_pong, a C project from Debian's sources, SQLite, git
#   full   the same for longer
#   STEP   only these, of ping-pong c-project sqlite git
#
# Prints PASS or FAIL and the seconds for each step, and the end of the log of one that fails; ends with 1 if any
# failed. Installs missing packages as root.

# shellcheck disable=SC2317  # the steps' functions are called by name
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/steps.sh"
here=$(dirname "$(realpath "$0")")

[[ ${1-} != --help ]] || { usage; exit 0; }
read -r -a directories <<< "${DIRS-}"
((${#directories[@]} >= 2)) || { usage >&2; exit 2; }
extent=${1:-quick}
[[ $extent == quick || $extent == full ]] || die "neither quick nor full: $extent"
selected=("${@:2}")
[[ $(id -u) == 0 ]] || die "must run as root"

scratch=''
new_temporary_directory scratch
places=()
new_shared_subdirectory places "${directories[@]}"
work=${places[0]}

# by_extent QUICK FULL: prints the one that applies.
by_extent() {
    if [[ $extent == full ]]; then echo "$2"; else echo "$1"; fi
}

# wait_for PID...: fails if one of them did.
wait_for() {
    local pid
    for pid; do
        wait "$pid"
    done
}

# One ping_pong on each node. Each one reads a counter, writes it increased, and says so whenever the increase since its
# own last turn is another than before: with N of them that count right, it is N from when all have started.
run_ping_pong() {
    local node nodes=${#places[@]} pids=()
    fetch_ping_pong
    for ((node = 0; node < nodes; node++)); do
        "$ping_pong" -rw "${places[node]}/ping-pong/file" $((nodes + 1)) > "$scratch/ping-pong-$node" &
        pids+=($!)
        # Not at once: each one makes the file or takes over the other ones'.
        sleep 1
    done
    trap 'kill "${pids[@]}"' EXIT
    sleep 2
    for ((node = 0; node < nodes; node++)); do
        cp "$scratch/ping-pong-$node" "$scratch/ping-pong-$node.settled"
    done
    sleep "$(by_extent 5 60)"
    for ((node = 0; node < nodes; node++)); do
        cp "$scratch/ping-pong-$node" "$scratch/ping-pong-$node.end"
    done
    trap - EXIT
    kill "${pids[@]}"
    wait "${pids[@]}" || true
    for ((node = 0; node < nodes; node++)); do
        tr '\r' '\n' < "$scratch/ping-pong-$node.end" | sed "s/^/node $((node + 1)): /" | tail -n 5
        [[ $(increments "$node.settled" | tail -n 1) == "$nodes" ]]
        [[ $(increments "$node.settled" | wc -l) == $(increments "$node.end" | wc -l) ]]
        (($(tr '\r' '\n' < "$scratch/ping-pong-$node.end" | sed -n 's/^ *\([0-9]*\) locks.*/\1/p' | tail -n 1) > 0))
    done
}

increments() {
    tr '\r' '\n' < "$scratch/ping-pong-$1" | sed -n 's/^data increment = //p'
}

# Builds zlib with make -j, its commands spread over the nodes, and compares with what one local directory makes.
run_c_project() {
    local name=c-project place objects
    need gcc gcc
    need make make
    need dpkg-source dpkg-dev
    fetch_source zlib
    dpkg-source -x "$scratch"/zlib_*.dsc "$scratch/zlib"
    cp -a "$scratch/zlib" "$work/$name/zlib"
    (cd "$scratch/zlib" && ./configure && make -j 2 libz.a)
    cd "${places[1]}/$name/zlib"
    ./configure
    export NODE_PLACES="${places[*]}" NODE_PLACES_LOG=$scratch/places
    make -j 6 "SHELL=$here/node-shell.sh"
    make "SHELL=$here/node-shell.sh" test
    sort "$NODE_PLACES_LOG" | uniq -c
    for place in "${places[@]}"; do
        grep -qxF "$place" "$NODE_PLACES_LOG"
        cmp "$scratch/zlib/libz.a" "$place/$name/zlib/libz.a"
        objects=$(find "$place/$name/zlib" -name '*.o' -o -name '*.lo' | wc -l)
        ((objects > 20))
    done
    make "SHELL=$here/node-shell.sh" distclean
    for place in "${places[@]}"; do
        [[ ! -e $place/$name/zlib/libz.a ]]
    done
}

# Two processes on each node insert into one database, each row in a transaction of its own; rollback journal, as WAL
# needs memory that all its users share.
run_sqlite() {
    local rows place writer=0 pids=()
    need sqlite3 sqlite3
    rows=$(by_extent 40 500)
    sqlite3 "$work/sqlite/test.db" 'PRAGMA journal_mode=delete;
        CREATE TABLE t (writer INT, n INT, filler BLOB, PRIMARY KEY (writer, n)); CREATE TABLE total (n INT);
        INSERT INTO total VALUES (0);'
    for place in "${places[@]}" "${places[@]}"; do
        for ((n = 0; n < rows; n++)); do
            echo "BEGIN IMMEDIATE; INSERT INTO t VALUES ($writer, $n, randomblob(500));"
            echo 'UPDATE total SET n = n + 1; COMMIT;'
        done | sqlite3 -bail -cmd '.timeout 120000' "$place/sqlite/test.db" &
        pids+=($!)
        writer=$((writer + 1))
    done
    wait_for "${pids[@]}"
    for place in "${places[@]}"; do
        [[ $(sqlite3 "$place/sqlite/test.db" 'PRAGMA integrity_check') == ok ]]
        [[ $(sqlite3 "$place/sqlite/test.db" 'SELECT count(*) FROM t') == $((writer * rows)) ]]
        [[ $(sqlite3 "$place/sqlite/test.db" 'SELECT n FROM total') == $((writer * rows)) ]]
    done
}

# Each node has a clone on the local disk and pushes commits to one branch of a bare repository, rebasing when another
# node was faster, and each one to a branch of its own.
run_git() {
    local commits node nodes=${#places[@]} pids=() place
    need git git
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
    export GIT_AUTHOR_NAME=Tester GIT_AUTHOR_EMAIL=tester@example.invalid
    export GIT_COMMITTER_NAME=Tester GIT_COMMITTER_EMAIL=tester@example.invalid
    commits=$(by_extent 8 60)
    git init -q --bare -b main "$work/git/bare.git"
    git clone -q "$work/git/bare.git" "$scratch/clone"
    git -C "$scratch/clone" commit -q --allow-empty -m Start
    git -C "$scratch/clone" push -q origin HEAD:main
    for ((node = 1; node <= nodes; node++)); do
        (set -e; push_commits "$node" "${places[node - 1]}/git/bare.git" "$commits") &
        pids+=($!)
    done
    wait_for "${pids[@]}"
    for place in "${places[@]}"; do
        git -C "$place/git/bare.git" fsck --full --strict
        [[ $(git -C "$place/git/bare.git" rev-list --count main) == $((nodes * commits + 1)) ]]
        [[ $(git -C "$place/git/bare.git" ls-tree --name-only main | wc -l) == $((nodes * commits)) ]]
        [[ $(git -C "$place/git/bare.git" branch --list 'node-*' | wc -l) == "$nodes" ]]
    done
    git -C "${places[1]}/git/bare.git" gc -q
    git -C "${places[0]}/git/bare.git" fsck --full --strict
}

# push_commits NODE REPOSITORY COMMITS
push_commits() {
    local node=$1 repository=$2 commits=$3 clone=$scratch/clone-$1 commit tries
    git clone -q "$repository" "$clone"
    cd "$clone"
    for ((commit = 1; commit <= commits; commit++)); do
        echo "$node $commit" > "file-$node-$commit"
        git add .
        git commit -q -m "Node $node, $commit"
        git push -q origin "HEAD:node-$node"
        for ((tries = 1; tries <= 100; tries++)); do
            git push -q origin HEAD:main && break
            git pull -q --rebase origin main
            git push -q -f origin "HEAD:node-$node"
        done
        ((tries <= 100))
    done
}

run_steps ping-pong c-project sqlite git
