"""The content of metrics.json, by kind of target."""
