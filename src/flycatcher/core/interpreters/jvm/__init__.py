"""Languages on the Java virtual machine."""
