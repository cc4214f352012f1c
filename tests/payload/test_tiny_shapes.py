"""Texts that print constants, load modules or take known steps, and nothing else, in languages other than Python; and texts that look much like them."""

import pytest

from flycatcher.core.payload.benign_shapes import tiny

from .helpers import risk

HARMLESS = [
    ("perl", "print 1"),
    ("perl", 'print "a\\n"; printf("%d", 3)'),
    ("perl", "print $Config{version}"),
    ("perl", "exit 0"),
    ("ruby", "puts RUBY_VERSION"),
    ("php", 'echo PHP_VERSION, "\\n";'),
    ("javascript", "console.log(process.versions.node)"),
    ("javascript", "1+1"),
    ("lua", "print(_VERSION)"),
    ("awk", "BEGIN { print 1, 2 }"),
    ("perl", "require 5; print qq{VER_OK}"),
    ("perl", "require 5.005; use File::Compare; use warnings;"),
    ("perl", "print join qq[\\n], @INC, q[]"),
    ("perl", "mkpath"),
    ("perl", "pm_to_blib({@ARGV}, 'blib/lib/auto', q[], '755')"),
    ("perl", "undef *Test::Harness::Switches; test_harness(1, 'blib/lib', 'blib/arch')"),
    ("javascript", 'process.versions.node.split(".")[0]'),
    ("javascript", "require('node-addon-api').include"),
    ("ruby", 'require "json"; puts 1'),
    ("lua", 'require("socket"); print(1)'),
]
MORE = [
    ("perl", "print `id`"),
    ("perl", 'print "@{[system q(id)]}"'),
    ("perl", "print 1; system 1"),
    ("perl", "print 'a' . qx'id'"),
    ("ruby", 'puts "#{`id`}"'),
    ("ruby", "print 'a'\nsystem 'b'"),
    ("php", 'echo "a", `id`;'),
    ("javascript", "console.log(`${x}`)"),
    ("javascript", '"use strict";eval("1")'),
    ("lua", "print(os.execute('x'))"),
    ("awk", 'BEGIN { print 1 > "f" }'),
    ("awk", 'BEGIN { print "id" | "sh" }'),
    ("perl", "use lib '/home/me/x'; print 1"),
    ("perl", 'use POSIX system("id")'),
    ("perl", 'install(system("id"))'),
    ("perl", "print join $x, @INC"),
    ("javascript", "require('./x').y"),
    ("javascript", "require('x').y()"),
    ("ruby", 'require "./x"'),
]
LOOKED_AT = [
    ("perl", 'print "$x"'),
    ("perl", "s/foo/bar/g"),
    ("perl", "print join ',', map { $_ * 2 } 1..3"),
    ("php", 'echo "{$x}";'),
    ("php", 'echo json_decode(file_get_contents("composer.json"))->name;'),
    ("javascript", "process.exit"),
    ("javascript", 'console.log(require("./package.json").version)'),
    ("javascript", 'console.log(Object.keys(require("./package.json").dependencies).join(" "))'),
    ("ruby", 'puts File.read("VERSION").strip'),
    ("lua", "print(os.time())"),
]


@pytest.mark.parametrize(("language", "text"), HARMLESS)
def test_printing_constants_loading_modules_and_known_steps_are_nothing(language, text):
    assert tiny(language, text) == "constants, modules and steps that are known"
    assert risk(text, language).score == 0


@pytest.mark.parametrize(("language", "text"), MORE)
def test_whatever_does_more_is_not_of_that_shape(language, text):
    assert tiny(language, text) == ""
    assert risk(text, language).score >= 5


@pytest.mark.parametrize(("language", "text"), LOOKED_AT)
def test_what_is_no_tiny_text_may_be_harmless_all_the_same(language, text):
    assert tiny(language, text) == ""
    assert risk(text, language).score == 0
