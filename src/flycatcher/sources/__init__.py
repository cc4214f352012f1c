"""Where executions come from: sensors, build files and logs, and the context in which they happened."""
