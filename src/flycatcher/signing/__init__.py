"""Signatures: notes (:mod:`.note`), envelopes (:mod:`.dsse`), Ed25519 keys (:mod:`.keys`) and their files (:mod:`.files`)."""
