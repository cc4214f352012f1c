"""Editors and text tools that run commands: vim, Emacs, sed, awk, m4, TeX."""
