#!/bin/bash
# Kills the daemon of a mount at random moments under load and checks that nothing acknowledged is lost.
#
#   crash.sh --rounds N [--seed SEED] [--parent DIR] [--mount COMMAND] [--option OPTION] [--dsm COMMAND]
#
#   --rounds N       kills (default 10)
#   --seed SEED      repeats the load and the moments of another run (default: a random one, printed)
#   --parent DIR     where store and mount point are made, in a new directory (default /var/tmp)
#   --mount COMMAND  instead of the installed dsm-mount
#   --option OPTION  one more argument for the mount; may be repeated
#   --dsm COMMAND    instead of the installed dsm
#
# Each round mounts the same store, lets the load of crash-load.pl run for up to three seconds, kills the daemon with
# SIGKILL, runs dsm fsck on the store, mounts it again and verifies: what was fsynced is there byte for byte, and of the
# rest each worker has a prefix. Beside it SQLite commits row after row, in WAL and rollback mode by turns; its database
# must be whole and have every row whose commit returned. Ends with 1 at the first round that fails, and then keeps the
# store and names it.

source "$(dirname "$0")/common.sh"
here=$(dirname "$(realpath "$0")")

rounds=10 seed=$((RANDOM * 32768 + RANDOM)) parent=/var/tmp mount_command=dsm-mount dsm_command=dsm options=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --help) usage; exit 0 ;;
        --rounds) rounds=${2:?}; shift 2 ;;
        --seed) seed=${2:?}; shift 2 ;;
        --parent) parent=${2:?}; shift 2 ;;
        --mount) mount_command=${2:?}; shift 2 ;;
        --option) options+=("${2:?}"); shift 2 ;;
        --dsm) dsm_command=${2:?}; shift 2 ;;
        *) die "unknown option $1; see --help" ;;
    esac
done
[[ $(id -u) == 0 ]] || die "must run as root"
command -v "$mount_command" > /dev/null || die "no command $mount_command; install the product first"
command -v "$dsm_command" > /dev/null || die "no command $dsm_command; install the product first"
need perl perl
need sqlite3 sqlite3

work=$(mktemp -d "$parent/dsm-crash.XXXXXX")
store=$work/store mount_point=$work/mount state=$work/state log=$work/log
mkdir "$store" "$mount_point" "$state"
failed=''

clean_up() {
    if is_mounted "$mount_point"; then
        umount "$mount_point" || umount -l "$mount_point"
    fi
    if [[ -n $failed ]]; then
        echo "kept for examination: $work" >&2
    else
        rm -rf --one-file-system "$work"
    fi
}
at_exit clean_up

fail() {
    failed=yes
    echo "FAIL round $round: $*; repeat with --seed $seed" >&2
    [[ ! -e $log ]] || tail -n 20 "$log" >&2
    exit 1
}

# The process that serves our mount point: it alone has the FUSE device open and names the store.
daemon_pid() {
    local process
    for process in /proc/[0-9]*; do
        if grep -qzFx -e "$store" -e "--store=$store" "$process/cmdline" 2> /dev/null &&
            find "$process/fd" -lname /dev/fuse 2> /dev/null | grep -q .; then
            basename "$process"
            return
        fi
    done
    return 1
}

mount_store() {
    "$mount_command" "${options[@]}" --store "$store" "$mount_point" > "$log" 2>&1 || fail "mounting fails"
    is_mounted "$mount_point" || fail "$mount_command returned 0 and nothing is mounted"
}

# Commits rows numbered from 1 in a database of this round and records each number when its commit has returned.
# synchronous is EXTRA because with less the removal of a rollback journal, which is the commit, is not fsynced.
sqlite_load() {
    local mode=wal
    ((round % 2)) || mode=delete
    {
        echo "PRAGMA journal_mode=$mode; PRAGMA synchronous=EXTRA;"
        echo 'CREATE TABLE t (n INTEGER PRIMARY KEY, filler BLOB);'
        for ((row = 1; row < 100000; row++)); do
            echo "INSERT INTO t VALUES ($row, randomblob(700)); SELECT 'row', $row;"
        done
    } 2> /dev/null | stdbuf -oL sqlite3 -bail "$mount_point/$round.db" > "$state/rows" 2> /dev/null
}

sqlite_verify() {
    local database=$mount_point/$round.db acknowledged
    acknowledged=$(sed -n 's/^row|//p' "$state/rows" | tail -n 1)
    if [[ -n $acknowledged ]]; then
        [[ $(sqlite3 "$database" 'PRAGMA integrity_check') == ok ]] || fail "SQLite's database is damaged"
        rows=$(sqlite3 "$database" "SELECT count(*) FROM t WHERE n <= $acknowledged")
        [[ $rows == "$acknowledged" ]] || fail "SQLite committed $acknowledged rows and has $rows of them"
    fi
    rm -f "$database" "$database"-*
}

seconds_since() {
    awk -v ns=$(($(date +%s%N) - $1)) 'BEGIN { printf "%.1f", ns / 1e9 }'
}

echo "seed $seed, $rounds rounds, in $work"
RANDOM=$((seed % 32768))
round=0
mount_store
for ((round = 1; round <= rounds; round++)); do
    round_seed=$((seed + round))
    delay=$(awk -v r="$RANDOM" 'BEGIN { printf "%.3f", 0.05 + 3 * r / 32768 }')
    pid=$(daemon_pid) || fail "no process serves $mount_point"

    rm -f "$state/started"
    perl "$here/crash-load.pl" run "$mount_point" "$state" "$round_seed" > "$log" 2>&1 &
    load=$!
    # Before that its workers read what is there, which a crash must not cut short.
    until [[ -e $state/started ]]; do
        kill -0 "$load" 2> /dev/null || fail "the load does not start"
        sleep 0.05
    done
    sqlite_load &
    sqlite=$!
    sleep "$delay"
    kill -0 "$load" 2> /dev/null || fail "the load ended by itself"
    kill -KILL "$pid"
    wait "$load" || fail "the load ended with an error of its own"
    wait "$sqlite" && fail "SQLite did not notice that its filesystem is gone"
    # The mount may be gone already: a guard unmounts what its killed daemon leaves behind.
    umount -l "$mount_point" 2> /dev/null || ! is_mounted "$mount_point" || fail "the dead mount cannot be unmounted"
    while kill -0 "$pid" 2> /dev/null; do
        sleep 0.05
    done

    "$dsm_command" fsck "$store" > "$log" 2>&1 || fail "dsm fsck finds fault"
    start=$(date +%s%N)
    mount_store
    recovery=$(seconds_since "$start")
    perl "$here/crash-load.pl" verify "$mount_point" "$state" "$round_seed" > "$log" 2>&1 || fail "contents are wrong"
    sqlite_verify
    echo "round $round: killed after $delay s, mounted again in $recovery s; $(paste -s -d ';' "$log")"
done
umount "$mount_point"
round=end
while daemon_pid > /dev/null; do
    sleep 0.1
done
"$dsm_command" fsck "$store" > "$log" 2>&1 || fail "dsm fsck finds fault after a clean end"
echo "PASS: $rounds rounds"
