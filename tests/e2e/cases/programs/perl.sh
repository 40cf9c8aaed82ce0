#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$LIB"

same /usr/bin/perl -e '
use strict; use File::Find; use File::Temp qw(tempfile); use File::Copy; use Cwd; use POSIX; use IPC::Open3; use Socket; use Fcntl qw(:flock);
opendir(my $d, "d"); print join(" ", sort readdir $d), "\n"; rewinddir $d; print scalar(() = readdir $d), "\n";
find({ wanted => sub { }, no_chdir => 0 }, "."); my ($fh, $n) = tempfile(DIR => "."); print $fh "x"; close $fh; print -s $n, "\n"; unlink $n;
copy("a", "c"); move("c", "m"); open(my $f, "<", "m"); print <$f>; flock($f, LOCK_EX | LOCK_NB) and print "locked\n"; print `cat b`, $? >> 8, "\n"; system("exit 4"); print $? >> 8, "\n";
my $pid = open3(my $in, my $out, undef, "tr", "a-z", "A-Z"); print $in "loud\n"; close $in; print <$out>; waitpid $pid, 0; print((stat "a")[7], "\n"); chdir "d"; print cwd() =~ /work\/d$/ ? "cwd\n" : "no\n";
print join(",", map { s{.*/}{}r } sort glob("*")), "\n"; symlink "x", "s"; print readlink "s", "\n"; rename "s", "t"; unlink "t"; mkdir "k"; rmdir "k"; utime 1, 2, "text"; print((stat "text")[9], "\n"); exit 5'
