#!/bin/bash
# Measures a directory against a local directory, tmpfs, and bindfs over tmpfs, in the same run, by turns.
#
#   bench.sh [options] DIR
#
#   --local DIR       the local directory to compare with (default: a temporary one below /var/tmp)
#   --remount COMMAND run before each cold read of DIR, to empty the caches of its server too
#   --rounds N        measurements of which the median counts (default 3)
#   --files N         small files (default 5000)
#   --size MIB        of the file that is written and read sequentially (default 512)
#   --seconds N       length of each random and fdatasync measurement (default 5)
#   --passthrough PROGRAM  a built passthrough_ll, an example of libfuse 3, to compare with as well
#   --json FILE       write the medians there too
#
# Prints one table; a ratio is how many times as fast DIR is. "Again", warm and random reads repeat what was done before, so
# that a kernel which may keep what it heard answers them alone; getattr reaches the server each time. Before the first
# round small files and the tree are done once, uncounted, as a server may have to warm up. Needs root (drop_caches, mount).

source "$(dirname "$0")/common.sh"
here=$(dirname "$(realpath "$0")")

local_parent=/var/tmp remount='' rounds=3 files=5000 size_mib=512 seconds=5 passthrough='' json='' directory=''
while [[ $# -gt 0 ]]; do
    case $1 in
        --help) usage; exit 0 ;;
        --local) local_parent=${2:?}; shift 2 ;;
        --remount) remount=${2:?}; shift 2 ;;
        --rounds) rounds=${2:?}; shift 2 ;;
        --files) files=${2:?}; shift 2 ;;
        --size) size_mib=${2:?}; shift 2 ;;
        --seconds) seconds=${2:?}; shift 2 ;;
        --passthrough) passthrough=${2:?}; shift 2 ;;
        --json) json=${2:?}; shift 2 ;;
        -*) die "unknown option $1; see --help" ;;
        *) directory=$1; shift ;;
    esac
done
[[ -n $directory ]] || { usage >&2; exit 2; }
[[ $(id -u) == 0 ]] || die "must run as root"
need gcc gcc
need fio fio
need bindfs bindfs

scratch=''
new_temporary_directory scratch
gcc -O2 -Wall -o "$scratch/small-files" "$here/small-files.c" || die "the C library's headers are missing: libc6-dev"
mkdir "$scratch/tree" "$scratch/tmpfs" "$scratch/bindfs"
perl "$here/make-tree.pl" "$scratch/tree"
tar -C "$scratch/tree" -cf "$scratch/tree.tar" .
rm -rf "$scratch/tree"

mount -t tmpfs -o size=4G tmpfs "$scratch/tmpfs"
at_exit umount -l "$scratch/tmpfs"
bindfs "$scratch/tmpfs" "$scratch/bindfs"
at_exit umount -l "$scratch/bindfs"

new_subdirectory measured "$directory"
new_subdirectory local_directory "$local_parent"
declare -A place=([measured]=$measured [local]=$local_directory [tmpfs]=$scratch/tmpfs [bindfs]=$scratch/bindfs)
targets=(measured local tmpfs bindfs)
if [[ -n $passthrough ]]; then
    mkdir "$scratch/passthrough"
    "$passthrough" -o "source=$scratch/tmpfs" "$scratch/passthrough"
    at_exit umount -l "$scratch/passthrough"
    place[passthrough]=$scratch/passthrough
    targets+=(passthrough)
fi

# record TARGET ROW VALUE
record() {
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >> "$scratch/results"
}

# timed TARGET ROW COMMAND...: records the seconds that the command takes.
timed() {
    local target=$1 row=$2 start end
    shift 2
    start=$(date +%s%N)
    "$@" > /dev/null
    end=$(date +%s%N)
    record "$target" "$row" "$(awk -v ns=$((end - start)) 'BEGIN { printf "%.4f", ns / 1e9 }')"
}

# fio_value FIELD OPTION...: runs fio and prints a field of its terse output: 7 and 48 are KiB/s, 8 and 49 calls/s, of
# reads and writes.
fio_value() {
    local field=$1
    shift
    fio --minimal --terse-version=3 --name=bench --ioengine=psync "$@" | grep '^3;' | cut -d ';' -f "$field"
}

# fio_mib TARGET ROW FIELD OPTION...
fio_mib() {
    local target=$1 row=$2
    shift 2
    record "$target" "$row" "$(fio_value "$@" | awk '{ printf "%.1f", $1 / 1024 }')"
}

fio_calls() {
    local target=$1 row=$2
    shift 2
    record "$target" "$row" "$(fio_value "$@")"
}

drop_caches() {
    sync
    echo 3 > /proc/sys/vm/drop_caches
}

measure_small_files() {
    local target=$1 where=${place[$1]}/small row value
    mkdir "$where"
    while read -r row value; do
        record "$target" "$row" "$value"
    done < <("$scratch/small-files" "$where" "$files")
    rmdir "$where"
}

measure_tree() {
    local target=$1 where=${place[$1]}/tree
    mkdir "$where"
    timed "$target" untar tar -C "$where" -xf "$scratch/tree.tar"
    timed "$target" find find "$where" -type f -size +1k
    timed "$target" read-all tar -C "$where" -cf "$scratch/copy.tar" .
    timed "$target" rm rm -rf "$where"
}

measure_streams() {
    local target=$1 file=${place[$1]}/stream
    local options=(--filename="$file" --size="${size_mib}M" --bs=1M)
    fio_mib "$target" write 48 "${options[@]}" --rw=write --end_fsync=1
    drop_caches
    if [[ $target == measured && -n $remount ]]; then
        bash -c "$remount"
    fi
    fio_mib "$target" read-cold 7 "${options[@]}" --rw=read --invalidate=0
    fio_mib "$target" read-warm 7 "${options[@]}" --rw=read --invalidate=0
    rm "$file"
}

measure_random() {
    local target=$1 file=${place[$1]}/random
    local options=(--filename="$file" --size=128M --bs=4k --time_based --runtime="$seconds" --invalidate=0)
    fio_value 48 --filename="$file" --size=128M --bs=1M --rw=write --end_fsync=1 > /dev/null
    cat "$file" > /dev/null
    fio_calls "$target" random-read 8 "${options[@]}" --rw=randread
    fio_calls "$target" random-write 49 "${options[@]}" --rw=randwrite
    fio_calls "$target" fdatasync 49 "${options[@]}" --rw=write --fdatasync=1
    rm "$file"
}

for target in "${targets[@]}"; do
    echo "warming up, $target" >&2
    measure_small_files "$target"
    measure_tree "$target"
done
rm "$scratch/results"
for ((round = 1; round <= rounds; round++)); do
    for measurement in small_files tree streams random; do
        for target in "${targets[@]}"; do
            echo "round $round of $rounds: $measurement, $target" >&2
            "measure_$measurement" "$target"
        done
    done
done

perl - "$scratch/results" "$json" "${targets[@]}" << 'PERL'
use strict;
use warnings;
use JSON::PP;

my ($results, $json, $measured, @others) = @ARGV;
my @rows = (map([$_, 'calls/s', 1],
        qw(create stat stat-again getattr readdir open+read open+read-again rename unlink)),
    map([$_, 's', 0], qw(untar find read-all rm)), map([$_, 'MiB/s', 1], qw(write read-cold read-warm)),
    map([$_, 'calls/s', 1], qw(random-read random-write fdatasync)));
my %values;
open(my $in, '<', $results) or die "$results: $!\n";
while (<$in>) {
    chomp;
    my ($target, $row, $value) = split /\t/;
    push @{ $values{$row}{$target} }, $value;
}
sub median { my @sorted = sort { $a <=> $b } @_; return $sorted[@sorted / 2] }

my @table;
printf "%-16s %-8s" . ' %12s' x (1 + @others) . ' %10s' x @others . "\n", 'row', 'unit', $measured,
    map({ substr($_, 0, 12) } @others), map({ ':' . substr($_, 0, 9) } @others);
for my $entry (@rows) {
    my ($row, $unit, $more_is_better) = @$entry;
    my %median = map { $_ => median(@{ $values{$row}{$_} }) } $measured, @others;
    my %ratio = map {
        my $ratio = $median{$_} == 0 || $median{$measured} == 0 ? 0 : $median{$measured} / $median{$_};
        $_ => $ratio && !$more_is_better ? 1 / $ratio : $ratio
    } @others;
    my $format = $unit eq 's' ? ' %12.3f' : ' %12.0f';
    printf "%-16s %-8s" . $format x (1 + @others) . ' %9.2fx' x @others . "\n", $row, $unit,
        @median{$measured, @others}, @ratio{@others};
    push @table, { row => $row, unit => $unit, (map { $_ => $median{$_} + 0 } keys %median),
        (map { ("ratio_to_$_" => $ratio{$_}) } @others) };
}
if ($json ne '') {
    open(my $out, '>', $json) or die "$json: $!\n";
    print {$out} JSON::PP->new->canonical->pretty->encode(\@table);
    close($out) or die "$json: $!\n";
}
PERL
