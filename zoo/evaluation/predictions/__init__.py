"""What was predicted: its file, by patient, averaged."""
