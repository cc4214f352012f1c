"""One file per language: its front end (text to ``ir``) and its declaration."""
