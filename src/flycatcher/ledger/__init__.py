"""The ledger: what was reported, in a Merkle log of plain files, so that a later change shows.

:mod:`.merkle` hashes (RFC 6962), :mod:`.paths` names the files (C2SP tlog-tiles), :mod:`.log` appends, :mod:`.verify` checks.
"""
