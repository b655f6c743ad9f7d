#!/usr/bin/perl
# The load of crash.sh, and the check of what is left of it after a crash.
#
#   crash-load.pl run DIR STATE SEED      works in DIR until a call fails, as it does when the daemon is killed
#   crash-load.pl verify DIR STATE SEED   checks DIR against what the last run with this SEED recorded in STATE
#
# Some workers do random operations, each in a directory of its own below DIR and one after the other. The operations
# follow from the seed and from what was there at the start, which STATE keeps with a record of each operation tried and
# of each fsync that returned; STATE/started appears when all workers have read what was there. After the crash a worker's
# directory must be what a prefix of its operations makes, and that prefix must reach at least to the last fsync that
# returned.
use strict;
use warnings;
use Digest::MD5 qw(md5);
use Fcntl qw(:DEFAULT);
use IO::Handle;
use Storable qw(nstore retrieve);

use constant {
    WORKERS             => 3,
    NAMES               => 24,
    LARGEST_WRITE_BYTES => 32_768,
    LARGEST_FILE_BYTES  => 400_000,
    PAGE_BYTES          => 4096,
};

my ($mode, $root, $state_directory, $seed) = @ARGV;
die "usage: crash-load.pl run|verify DIR STATE SEED\n" if !defined $seed;

# --- the model: a worker's directory as {name => content} ------------------------------------------------------------

sub read_directory {
    my ($directory) = @_;
    my %content;
    opendir(my $listing, $directory) or die "$directory: $!\n";
    for my $name (grep { !/^\.\.?$/ } readdir $listing) {
        open(my $file, '<:raw', "$directory/$name") or die "$directory/$name: $!\n";
        my $size = -s $file;
        my $data = do { local $/; <$file> } // '';
        die "$directory/$name has $size bytes and reads as " . length($data) . "\n" if $size != length $data;
        $content{$name} = $data;
    }
    closedir($listing);
    return \%content;
}

# Bytes that follow from the operation's number, so that no two writes are alike.
sub bytes_of {
    my ($number, $length) = @_;
    my $pattern = join '', map { md5("$seed $number $_") } 1 .. 4;
    return substr($pattern x (1 + $length / length $pattern), 0, $length);
}

# Chooses the next operation by the random numbers and the model, without carrying it out.
sub choose {
    my ($model, $number) = @_;
    my @names = sort keys %$model;
    my $name = 'f' . int(rand(NAMES));
    my ($dice, $length) = (rand(), 1 + int(rand(LARGEST_WRITE_BYTES)));
    my $existing = @names ? $names[int(rand(@names))] : undef;
    return ['create', $name] if !defined $existing || $dice < 0.15 && !exists $model->{$name};
    my $size = length $model->{$existing};
    return ['sync', $existing] if $dice < 0.25;
    return ['rename', $existing, $name] if $dice < 0.35;
    return ['unlink', $existing] if $dice < 0.42;
    return ['truncate', $existing, int(rand($size + 5000))] if $dice < 0.52 || $size > LARGEST_FILE_BYTES;
    return ['write', $existing, int(rand($size + 1)), bytes_of($number, $length)] if $dice < 0.75;
    return ['write', $existing, $size, bytes_of($number, $length)];
}

sub apply_to_model {
    my ($model, $operation) = @_;
    my ($kind, $name, @rest) = @$operation;
    if ($kind eq 'create') {
        $model->{$name} //= '';
    } elsif ($kind eq 'unlink') {
        delete $model->{$name};
    } elsif ($kind eq 'rename') {
        $model->{ $rest[0] } = delete $model->{$name};
    } elsif ($kind eq 'truncate') {
        my $length = length $model->{$name};
        $model->{$name} = $rest[0] <= $length ? substr($model->{$name}, 0, $rest[0])
            : $model->{$name} . "\0" x ($rest[0] - $length);
    } elsif ($kind eq 'write') {
        substr($model->{$name}, $rest[0], length $rest[1]) = $rest[1]
            if length $model->{$name} >= $rest[0] + length $rest[1];
        $model->{$name} = substr($model->{$name}, 0, $rest[0]) . $rest[1]
            if length $model->{$name} < $rest[0] + length $rest[1];
    }
    return;
}

# --- the real directory -----------------------------------------------------------------------------------------------

# Carries the operation out, each with a single call that changes something; false if a call failed.
sub apply_to_directory {
    my ($directory, $operation) = @_;
    my ($kind, $name, @rest) = @$operation;
    my $path = "$directory/$name";
    return unlink($path) if $kind eq 'unlink';
    return rename($path, "$directory/$rest[0]") if $kind eq 'rename';
    return truncate($path, $rest[0]) if $kind eq 'truncate';
    sysopen(my $file, $path, O_RDWR | ($kind eq 'create' ? O_CREAT : 0), 0644) or return 0;
    return close($file) if $kind eq 'create';
    return $file->sync && close($file) if $kind eq 'sync';
    sysseek($file, $rest[0], 0) or return 0;
    my $written = syswrite($file, $rest[1]);
    return defined $written && $written == length $rest[1] && close($file);
}

sub worker_directory { return "$root/worker-$_[0]" }
sub record_path      { return "$state_directory/record-$_[0]" }
sub start_path       { return "$state_directory/start-$_[0]" }

sub run_worker {
    my ($worker, $ready) = @_;
    my $model = read_directory(worker_directory($worker));
    nstore($model, start_path($worker));
    syswrite($ready, "\n");
    my $record_path = record_path($worker);
    sysopen(my $record, $record_path, O_WRONLY | O_CREAT | O_TRUNC, 0644) or die "$record_path: $!\n";
    srand($seed * WORKERS + $worker);
    for (my $number = 1; ; $number++) {
        my $operation = choose($model, $number);
        syswrite($record, "tried $number\n");
        apply_to_directory(worker_directory($worker), $operation) or return;
        apply_to_model($model, $operation);
        syswrite($record, "synced $number\n") if $operation->[0] eq 'sync';
    }
    return;
}

sub run {
    my @children;
    pipe(my $all_ready, my $ready) or die "pipe: $!\n";
    for my $worker (0 .. WORKERS - 1) {
        my $directory = worker_directory($worker);
        -d $directory or mkdir $directory or die "$directory: $!\n";
        my $pid = fork() // die "fork: $!\n";
        if ($pid == 0) {
            run_worker($worker, $ready);
            exit 0;
        }
        push @children, $pid;
    }
    close($ready);
    my $workers_ready = 0;
    $workers_ready++ while $workers_ready < WORKERS && sysread($all_ready, my $byte, 1);
    if ($workers_ready == WORKERS) {
        open(my $started, '>', "$state_directory/started") or die "$state_directory/started: $!\n";
    }
    my $failures = grep { waitpid($_, 0); $? != 0 } @children;
    return $failures ? 1 : 0;
}

# The operation as what the kernel asks of a FUSE server: a write through its page cache that starts within a page comes
# as a request for the rest of that page and one for what follows, and a crash may fall between the two.
sub requests_of {
    my ($operation) = @_;
    my ($kind, $name, $offset, $data) = @$operation;
    return $operation if $kind ne 'write';
    my $in_first_page = PAGE_BYTES - $offset % PAGE_BYTES;
    return $operation if $in_first_page == PAGE_BYTES || length $data <= $in_first_page;
    return (['write', $name, $offset, substr($data, 0, $in_first_page)],
        ['write', $name, $offset + $in_first_page, substr($data, $in_first_page)]);
}

# --- after the crash --------------------------------------------------------------------------------------------------

sub same {
    my ($one, $other) = @_;
    return 0 if keys %$one != keys %$other;
    for my $name (keys %$one) {
        return 0 if !exists $other->{$name} || $one->{$name} ne $other->{$name};
    }
    return 1;
}

sub describe {
    my ($content) = @_;
    return join ' ', map { "$_:" . length $content->{$_} } sort keys %$content;
}

sub verify_worker {
    my ($worker) = @_;
    return 1 if !-e record_path($worker);
    my ($tried, $synced) = (0, 0);
    open(my $record, '<', record_path($worker)) or die record_path($worker) . ": $!\n";
    while (<$record>) {
        $tried  = $1 if /^tried (\d+)$/;
        $synced = $1 if /^synced (\d+)$/;
    }
    close($record);

    my $actual = read_directory(worker_directory($worker));
    my $model  = retrieve(start_path($worker));
    my $at_sync = {%$model};
    my $kept = $synced == 0 && same($actual, $model) ? 0 : undef;
    srand($seed * WORKERS + $worker);
    for (my $number = 1; $number <= $tried && !defined $kept; $number++) {
        for my $request (requests_of(choose($model, $number))) {
            apply_to_model($model, $request);
            $kept //= $number if $number >= $synced && same($actual, $model);
        }
        $at_sync = {%$model} if $number == $synced;
    }
    if (defined $kept) {
        print "worker $worker: $tried tried, $synced synced, $kept kept\n";
        return 1;
    }
    print "worker $worker: $tried tried, $synced synced, and no prefix from there on makes what is there\n";
    print '  there:        ', describe($actual), "\n";
    print '  at the sync:  ', describe($at_sync), "\n";
    print '  at the end:   ', describe($model), "\n";
    for my $name (sort keys %$actual) {
        my $expected = $at_sync->{$name} // next;
        (my $difference = $actual->{$name} ^ $expected) =~ /[^\0]/g or next;
        print "  $name differs from the sync's first at byte $-[0]\n";
    }
    return 0;
}

sub verify {
    my @wrong = grep { !verify_worker($_) } 0 .. WORKERS - 1;
    return @wrong ? 1 : 0;
}

exit($mode eq 'run' ? run() : verify());
