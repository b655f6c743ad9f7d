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
#
# Where the daemons are known (NODE_PIDS, which nodes.sh sets), Aeron by itself is measured in between on the same link,
# with the same MTU and key, and the table ends with what nodes take in terms of that: page-miss-to-aeron (goal at most
# 1.5) is the page miss to the round trip of the same bytes, stream-to-aeron (goal at least 0.7) what the first reader
# of a file gets to what Aeron streams.

source "$(dirname "$0")/common.sh"
here=$(dirname "$(realpath "$0")")

# Of the ports next to a daemon's own.
readonly AERON_PORT_OFFSET=4
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
read -r -a pids <<< "${NODE_PIDS-}"
need gcc gcc

scratch=''
new_temporary_directory scratch
fetch_ping_pong
gcc -O2 -Wall -o "$scratch/nodes-bench" "$here/nodes-bench.c" || die "the C library's headers are missing: libc6-dev"
places=()
new_shared_subdirectory places "${directories[@]:0:2}"
one=${places[0]} two=${places[1]}

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

# argument_of PID OPTION: prints what follows the option in the process's command line.
argument_of() {
    tr '\0' '\n' < "/proc/$1/cmdline" | sed -n "/^$2\$/{n;p;q}"
}

# aeron_command ROLE NODE OTHER: sets command to what runs AeronBaseline as one daemon has its network.
aeron_command() {
    local pid=${pids[$2]} listen peer key mtu=1408
    listen=$(argument_of "$pid" --listen) peer=$(argument_of "${pids[$3]}" --listen)
    key=$(argument_of "$pid" --key-file)
    # Nodes of one machine use the largest datagrams.
    [[ $listen != 127.* ]] || mtu=65504
    command=(nsenter --net="/proc/$pid/ns/net" timeout 120 "$(readlink "/proc/$pid/exe")"
        --add-opens java.base/jdk.internal.misc=ALL-UNNAMED -cp "$(argument_of "$pid" -cp)" "$here/AeronBaseline.java"
        "$1" "${listen%:*}:$((${listen##*:} + AERON_PORT_OFFSET))" "${peer%:*}:$((${peer##*:} + AERON_PORT_OFFSET))"
        "$mtu")
    [[ -z $key ]] || command+=("$key")
}

measure_aeron() {
    local command answering
    aeron_command answer 0 1
    "${command[@]}" > /dev/null 2> "$scratch/aeron-answer" &
    answering=$!
    aeron_command measure 1 0
    "${command[@]}" 2> "$scratch/aeron-measure" || die "Aeron: $(tail -n 3 "$scratch/aeron-measure" "$scratch/aeron-answer")"
    kill "$answering"
    wait "$answering" || true
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
    if ((${#pids[@]} >= 2)); then
        measure_aeron
    fi
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
# Each ratio is of two values of one round.
for my $ratio (["page-miss-to-aeron", "page-miss us-p50", "aeron-round-trip us-p50"],
    ["stream-to-aeron", "read-from-other MiB/s", "aeron-stream MiB/s"]) {
    my ($name, $measured, $base) = @$ratio;
    next if !exists $values{$base};
    push @rows, [$name, "ratio"];
    $values{"$name ratio"} = [map { $values{$measured}[$_] / $values{$base}[$_] } 0 .. $#{ $values{$base} }];
}
my @table;
for my $row (@rows) {
    my ($name, $unit) = @$row;
    my @sorted = sort { $a <=> $b } @{ $values{"$name $unit"} };
    my $median = $sorted[@sorted / 2];
    printf "%-18s %-12s %12.*f\n", $name, $unit, $unit eq "ratio" ? 2 : 1, $median;
    push @table, { row => $name, unit => $unit, measured => $median + 0 };
}
if ($json ne '') {
    open(my $out, '>', $json) or die "$json: $!\n";
    print {$out} JSON::PP->new->canonical->pretty->encode(\@table);
    close($out) or die "$json: $!\n";
}
PERL
