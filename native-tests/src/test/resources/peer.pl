#!/usr/bin/perl
# Another process for the tests: obeys one command a line (fields separated by tabs) on standard input and answers each
# with a line: "ok", "ok VALUES" or "error ERRNO". Only modules of perl's own are used.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock :seek);
use POSIX ();
use Time::HiRes ();

use constant {
    SYS_MMAP  => 9, PROT_READ => 1, MAP_SHARED => 1,
    FLOCK     => 's s x4 q q l x4',    # struct flock: type, whence, start, length, pid
    F_GETLK   => 5,
    F_OFD_GETLK => 36,
};

$| = 1;
my %files;

sub answer { print join(' ', @_), "\n" }

sub result {
    my ($succeeded, @values) = @_;
    my $errno = $! + 0;
    return $succeeded ? answer('ok', @values) : answer('error', $errno);
}

# Perl restarts nothing by itself, but fcntl and flock return EINTR only if the handler is set without SA_RESTART.
sub interrupt_after {
    my ($milliseconds) = @_;
    POSIX::sigaction(POSIX::SIGALRM(), POSIX::SigAction->new(sub { }));
    Time::HiRes::ualarm($milliseconds * 1000);
    return answer('ok');
}

sub record_lock {
    my ($handle, $command, $type, $start, $length) = @_;
    my $lock = pack(FLOCK, $type, SEEK_SET, $start, $length, 0);
    my $succeeded = fcntl($handle, $command, $lock);
    my $asks = $command == F_GETLK || $command == F_OFD_GETLK;
    return result($succeeded, $asks ? (unpack(FLOCK, $lock))[0, 2, 3, 4] : ());
}

# Adds one to the number that the file holds in so many digits, so many times, each time under a lock of this process.
sub count_under_lock {
    my ($file, $times, $digits) = @_;
    my ($lock, $unlock) = map { pack(FLOCK, $_, SEEK_SET, 0, 0, 0) } F_WRLCK, F_UNLCK;
    for (1 .. $times) {
        fcntl($file, F_SETLKW, $lock) or return result(0);
        sysseek($file, 0, SEEK_SET) or return result(0);
        sysread($file, my $value, $digits) == $digits or return result(0);
        sysseek($file, 0, SEEK_SET) or return result(0);
        syswrite($file, sprintf("%0${digits}d", $value + 1)) == $digits or return result(0);
        fcntl($file, F_SETLK, $unlock) or return result(0);
    }
    return answer('ok');
}

sub append_records {
    my ($path, $me, $records, $bytes) = @_;
    sysopen(my $file, $path, O_WRONLY | O_APPEND | O_CREAT, 0644) or return result(0);
    for my $i (0 .. $records - 1) {
        syswrite($file, sprintf("%-*s\n", $bytes - 1, "$me $i")) == $bytes or return result(0);
    }
    return result(close($file));
}

# Reads one byte of a mapping. Beyond the end of the file this process gets SIGBUS and is no more.
sub read_mapped {
    my ($path, $length, $offset) = @_;
    sysopen(my $file, $path, O_RDONLY) or return result(0);
    my $address = syscall(SYS_MMAP, 0, $length + 0, PROT_READ, MAP_SHARED, fileno($file), 0);
    return result(0) if $address == -1;
    return answer('ok', ord(unpack('P1', pack('Q', $address + $offset))));
}

# Asks in a child process of this one, which inherits open files but not the process's own record locks.
sub in_child {
    my ($command, @arguments) = @_;
    my $pid = fork() // return result(0);
    if ($pid == 0) {
        obey($command, @arguments);
        POSIX::_exit(0);
    }
    waitpid($pid, 0);
    return;
}

sub obey {
    my ($command, @arguments) = @_;
    if ($command eq 'open') {
        my ($name, $path) = @arguments;
        return result(sysopen($files{$name}, $path, O_RDWR));
    }
    if ($command eq 'close')     { return result(close(delete $files{$arguments[0]})) }
    if ($command eq 'flock')     { return result(flock($files{$arguments[0]}, $arguments[1])) }
    if ($command eq 'fcntl')     { my $name = shift @arguments; return record_lock($files{$name}, @arguments) }
    if ($command eq 'interrupt') { return interrupt_after(@arguments) }
    if ($command eq 'count')     { my $name = shift @arguments; return count_under_lock($files{$name}, @arguments) }
    if ($command eq 'append')    { return append_records(@arguments) }
    if ($command eq 'map')       { return read_mapped(@arguments) }
    if ($command eq 'child')     { return in_child(@arguments) }
    die "unknown command $command\n";
}

while (my $line = <STDIN>) {
    chomp $line;
    obey(split /\t/, $line);
}
