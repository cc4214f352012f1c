"""``flycatcher attest``: show and judge what ``run --attest`` has written."""
