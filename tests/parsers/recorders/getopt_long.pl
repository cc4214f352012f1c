# Reads lines with Getopt::Long, configured as the words behind the program's name say.
use strict;
use warnings;
use Getopt::Long;
Getopt::Long::Configure(@ARGV);
sub coded { "x" . unpack("H*", $_[0]) }
local $SIG{__WARN__} = sub { };
while (my $line = <STDIN>) {
    my @found;
    my $add = sub { my ($name, $value) = @_; push @found, "$name=" . coded($value) };
    my $flag = sub { my ($name, $value) = @_; push @found, $value ? "$name" : "no-$name" };
    local @ARGV = map { pack("H*", substr($_, 1)) } split " ", $line;
    my $good = GetOptions("execute|e=s" => $add, "execute-print|p=s" => $add, "libdir|I=s" => $add, "tasks|T:s" => $add,
        "dry-run|n" => $flag, "quiet|q" => $flag, "color!" => $flag);
    print $good ? join(" ", @found, "|", map { coded($_) } @ARGV) . "\n" : "refused\n";
}
