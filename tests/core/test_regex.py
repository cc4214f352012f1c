"""Patterns that are compiled when they are first used."""

import re

import pytest

from flycatcher.core import regex


def counted(monkeypatch):
    """Count what is compiled."""
    compiled = []
    real = re.compile

    def compile_(source, flags=0):
        compiled.append(source)
        return real(source, flags)

    monkeypatch.setattr(regex.re, "compile", compile_)
    return compiled


def test_a_pattern_is_compiled_at_its_first_use_and_once_for_each_method(monkeypatch):
    compiled = counted(monkeypatch)
    pattern = regex.lazy(r"a(b)?", re.IGNORECASE)
    assert pattern.pattern == "a(b)?"
    assert compiled == []
    assert pattern.search("xAB").group(1) == "B"
    assert pattern.search("x") is None
    assert compiled == ["a(b)?"]


def test_a_mistake_in_a_pattern_is_told_when_it_is_used():
    pattern = regex.lazy("(")
    with pytest.raises(re.error, match="unterminated subpattern"):
        pattern.match("")
