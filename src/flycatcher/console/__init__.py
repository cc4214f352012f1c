"""The console: pages over the store, for people who look at detections."""
