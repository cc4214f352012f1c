"""``flycatcher ledger``: check and show what ``run`` and ``watch`` have logged with ``--ledger``."""
