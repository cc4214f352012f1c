"""Perl and the programs written in it."""
