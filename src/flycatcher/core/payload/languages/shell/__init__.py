"""POSIX shells and bash."""
