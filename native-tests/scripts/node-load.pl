#!/usr/bin/perl
# The load of node-kill.sh on one node, and the check of what all nodes hold.
#
#   node-load.pl run DIR NODE NODES STATE   works in DIR as node number NODE, from 1, until STATE/stop appears
#   node-load.pl verify DIR NODES STATE     checks in DIR what all the nodes wrote
#
# Each node has some files, made at the start and overwritten again and again with a number that rises: one process
# writes and fsyncs them, another one reads the files of the other nodes. STATE, on the local disk, has for each node
# the numbers that it tried to write and those whose fsync returned. Whoever reads a file must find only numbers that
# are not less than the one that had been acknowledged before the read began, and not more than the last one tried. (A
# read may meet a write half done, as read(2) copies page after page.) Calls may fail only while STATE/fault exists, and
# for a second after.
# STATE/progress-NODE gets a byte for each acknowledged write, STATE/ready-NODE appears when the files are made.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :seek);
use IO::Handle;
use Time::HiRes qw(sleep);

use constant { FILES => 12, NUMBER_BYTES => 16, FILE_BYTES => 40_000, RETRY_SECONDS => 0.1, PATIENCE_SECONDS => 1 };
# Between two calls, so that the load measures the nodes and not a machine without a free processor.
use constant PAUSE_SECONDS => 0.005;

my ($mode, $directory, @arguments) = @ARGV;
my $state = $arguments[-1];
die "usage: node-load.pl run DIR NODE NODES STATE | verify DIR NODES STATE\n"
    if @ARGV != ($mode eq 'run' ? 5 : 4);
my $nodes = $arguments[-2];

sub path { my ($node, $file) = @_; return "$directory/node-$node/file-$file" }

sub must_open {
    my ($path, $flags) = @_;
    sysopen(my $handle, $path, $flags, 0644) or die "$path: $!\n";
    return $handle;
}

# A file of numbers on the local disk, one for each of a node's files.
sub read_number {
    my ($handle, $index) = @_;
    sysseek($handle, $index * NUMBER_BYTES, SEEK_SET);
    sysread($handle, my $number, NUMBER_BYTES);
    return $number + 0;
}

sub write_number {
    my ($handle, $index, $number) = @_;
    sysseek($handle, $index * NUMBER_BYTES, SEEK_SET);
    syswrite($handle, sprintf('%0*d', NUMBER_BYTES, $number));
    return;
}

# Overwrites a file on the node and fsyncs it; false if a call fails.
sub overwrite {
    my ($path, $number) = @_;
    my $content = sprintf('%0*d', NUMBER_BYTES, $number) x (FILE_BYTES / NUMBER_BYTES);
    sysopen(my $file, $path, O_WRONLY) or return 0;
    my $written = syswrite($file, $content);
    return defined $written && $written == length $content && $file->sync && close($file);
}

# Reads a file and dies of a wrong number in it; false if a call fails.
sub check {
    my ($path, $index, $acknowledged, $tried) = @_;
    my $least = read_number($acknowledged, $index);
    sysopen(my $file, $path, O_RDONLY) or return 0;
    my $length = sysread($file, my $content, FILE_BYTES + 1) // return 0;
    die "$path has $length bytes\n" if $length != FILE_BYTES;
    my $most = read_number($tried, $index);
    for my $number (unpack '(a' . NUMBER_BYTES . ')*', $content) {
        die "$path holds $number after $least had been acknowledged and before more than $most was tried\n"
            if $number !~ /^\d+$/ || $number < $least || $number > $most;
    }
    return 1;
}

# A call failed: dies unless a node is failing, or was a moment ago.
sub tolerate {
    my ($what, $error) = @_;
    my $age = -e "$state/fault" ? 0 : -e "$state/mended" ? time - (stat "$state/mended")[9] : PATIENCE_SECONDS + 1;
    die "$what: $error\n" if $age > PATIENCE_SECONDS;
    sleep RETRY_SECONDS;
    return;
}

sub keep_writing {
    my ($node) = @_;
    my $acknowledged = must_open("$state/acknowledged-$node", O_RDWR);
    my $tried = must_open("$state/tried-$node", O_RDWR);
    my $progress = must_open("$state/progress-$node", O_WRONLY | O_APPEND | O_CREAT);
    for (my $number = 1; !-e "$state/stop"; $number++) {
        my $file = $number % FILES;
        sleep PAUSE_SECONDS;
        write_number($tried, $file, $number);
        if (overwrite(path($node, $file), $number)) {
            write_number($acknowledged, $file, $number);
            syswrite($progress, '.');
        } else {
            tolerate(path($node, $file), $!);
        }
    }
    return;
}

# What the node acknowledged and tried.
sub numbers_of {
    my ($node) = @_;
    return map { must_open("$state/$_-$node", O_RDONLY) } qw(acknowledged tried);
}

sub keep_reading {
    my ($node) = @_;
    my %numbers = map { $_ => [numbers_of($_)] } grep { $_ != $node } 1 .. $nodes;
    my @others = sort keys %numbers;
    while (!-e "$state/stop") {
        my ($other, $file) = ($others[rand @others], int rand FILES);
        my $path = path($other, $file);
        sleep PAUSE_SECONDS;
        check($path, $file, @{ $numbers{$other} }) or tolerate($path, $!);
    }
    return;
}

sub run {
    my ($node) = @arguments;
    mkdir "$directory/node-$node" or die "$directory/node-$node: $!\n";
    for my $file (0 .. FILES - 1) {
        close(must_open(path($node, $file), O_WRONLY | O_CREAT | O_EXCL));
        overwrite(path($node, $file), 0) or die path($node, $file) . ": $!\n";
    }
    for my $record (qw(acknowledged tried ready)) {
        my $handle = must_open("$state/$record-$node", O_RDWR | O_CREAT);
        write_number($handle, $_, 0) for 0 .. FILES - 1;
    }
    sleep RETRY_SECONDS while grep { !-e "$state/ready-$_" } 1 .. $nodes;
    my @children;
    for my $work (\&keep_writing, \&keep_reading) {
        my $pid = fork() // die "fork: $!\n";
        if ($pid == 0) {
            $work->($node);
            exit 0;
        }
        push @children, $pid;
    }
    my $failures = grep { waitpid($_, 0); $? != 0 } @children;
    return $failures ? 1 : 0;
}

sub verify {
    for my $node (1 .. $nodes) {
        my @numbers = numbers_of($node);
        for my $file (0 .. FILES - 1) {
            my $path = path($node, $file);
            check($path, $file, @numbers) or die "$path: $!\n";
        }
    }
    return 0;
}

exit($mode eq 'run' ? run() : verify());
