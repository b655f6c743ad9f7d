#!/bin/bash
# Measures what one node costs another, on the first two directories of DIRS.
#
#   DIRS="DIR DIR..." nodes-bench.sh [options]
#
#   DIRS         directories of two nodes that show the same; nodes.sh sets it
#   --rounds N   measurements of which the median counts (default 3), after one that does not count
#   --seconds N  of each counter and ping_pong measurement (default 5)
#   --size MIB   of the file that one node writes and the other reads (default 256)
#   --json FILE  write the medians there too
#
# write-to-visible is a pwrite and the first pread on the other node, write-of-shared and read-of-written its halves;
# lock-hand-over the time to get a flock that the other node had last; counter the increments under an fcntl lock by a
# process on each node (a lost one is a failure); ping_pong that of ctdb with -rw, locks per second on the first node;
# page-miss the first pread of 4 KiB in each 256 KiB of a file that the other node wrote.

source "$(dirname "$0")/common.sh"
here=$(dirname "$(realpath "$0")")

rounds=3 seconds=5 size_mib=256 json=''
while (($#)); do
    case $1 in
        --help) usage; exit 0 ;;
        --rounds) rounds=${2:?}; shift 2 ;;
        --seconds) seconds=${2:?}; shift 2 ;;
        --size) size_mib=${2:?}; shift 2 ;;
        --json) json=${2:?}; shift 2 ;;
        *) die "unknown option $1; see --help" ;;
    esac
done
read -r -a directories <<< "${DIRS-}"
((${#directories[@]} >= 2)) || { usage >&2; exit 2; }
need gcc gcc

scratch=''
new_temporary_directory scratch
fetch_ping_pong
gcc -O2 -Wall -o "$scratch/nodes-bench" "$here/nodes-bench.c" || die "the C library's headers are missing: libc6-dev"
work=''
new_subdirectory work "${directories[0]}"
one=$work two=${directories[1]}/$(basename "$work")
[[ -d $two ]] || die "${directories[0]} has a new directory that ${directories[1]} does not show"

measure_ping_pong() {
    local pids=()
    "$ping_pong" -rw "$one/ping-pong" 3 > "$scratch/ping-pong" &
    pids+=($!)
    sleep 1
    "$ping_pong" -rw "$two/ping-pong" 3 > /dev/null &
    pids+=($!)
    sleep "$((seconds + 2))"
    kill "${pids[@]}"
    wait "${pids[@]}" || true
    rm "$one/ping-pong"
    # The last full second that both ran.
    tr '\r' '\n' < "$scratch/ping-pong" | sed -n 's/^ *\([0-9]*\) locks.*/ping_pong locks\/s \1/p' | tail -n 1
}

measure() {
    local program=("$scratch/nodes-bench" "$one" "$two")
    "${program[@]}" visible 2000
    "${program[@]}" hand-over 2000
    "${program[@]}" counter "$seconds"
    "${program[@]}" stream "$size_mib"
    "${program[@]}" create 1000
    "${program[@]}" miss 1000
    measure_ping_pong
}

echo "warming up" >&2
measure > /dev/null
for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds" >&2
    measure >> "$scratch/results"
done

perl - "$scratch/results" "$json" << 'PERL'
use strict;
use warnings;
use JSON::PP;

my ($results, $json) = @ARGV;
my (@rows, %values);
open(my $in, '<', $results) or die "$results: $!\n";
while (<$in>) {
    my ($name, $unit, $value) = split;
    push @rows, [$name, $unit] if !exists $values{"$name $unit"};
    push @{ $values{"$name $unit"} }, $value;
}
my @table;
for my $row (@rows) {
    my ($name, $unit) = @$row;
    my @sorted = sort { $a <=> $b } @{ $values{"$name $unit"} };
    my $median = $sorted[@sorted / 2];
    printf "%-18s %-12s %12.1f\n", $name, $unit, $median;
    push @table, { row => $name, unit => $unit, measured => $median + 0 };
}
if ($json ne '') {
    open(my $out, '>', $json) or die "$json: $!\n";
    print {$out} JSON::PP->new->canonical->pretty->encode(\@table);
    close($out) or die "$json: $!\n";
}
PERL
