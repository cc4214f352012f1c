"""One file's bytes in, its findings out: what ``flycatcher scan`` and the language server share."""
