#!/usr/bin/perl
# make-tree.pl DIR: makes about 4,700 files and directories with the shape and sizes of a source tree, 30 MB; always the
# same ones.
use strict;
use warnings;

my ($root) = @ARGV;
die "usage: make-tree.pl DIR\n" if !defined $root;
srand(4700);
my $text = join '', map { "static int value_$_ = compute($_, table[$_ % 17]);\n" } 1 .. 20_000;

sub make_file {
    my ($path) = @_;
    my $bytes = int(400 * exp(rand() * 4.5));    # median near 4 KiB, largest near 36 KiB
    open(my $file, '>', $path) or die "$path: $!\n";
    print {$file} substr($text, int(rand(500_000)), $bytes);
    close($file) or die "$path: $!\n";
    return;
}

for my $module (1 .. 20) {
    mkdir "$root/module-$module" or die "$root/module-$module: $!\n";
    for my $package (1 .. 15) {
        my $directory = "$root/module-$module/package-$package";
        mkdir $directory or die "$directory: $!\n";
        make_file("$directory/source-$_.c") for 1 .. 14;
        symlink('source-1.c', "$directory/latest.c") or die "$directory/latest.c: $!\n" if $package % 3 == 0;
    }
}
