"""The same hunt on Apache Spark: logs on whatever file system it reads, asked by its executors. Needs the extra ``spark``."""
