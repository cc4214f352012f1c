"""The rules of a configuration: what they match, which one decides about a detection, and which rules nobody should write."""
