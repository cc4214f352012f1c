"""``flycatcher lsp``: a language server, so that editors show a scan's findings as one types."""
