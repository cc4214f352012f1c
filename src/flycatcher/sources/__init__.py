"""Where executions come from: sensors, build files, logs; and what is known of the place where they happened."""
