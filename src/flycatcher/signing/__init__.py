"""Signatures: notes as C2SP signed-note writes them (:mod:`.note`), Ed25519 keys and their files (:mod:`.keys`)."""
