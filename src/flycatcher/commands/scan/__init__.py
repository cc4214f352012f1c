"""``flycatcher scan``: code on the fly in the files of a tree, with the history of each line."""
