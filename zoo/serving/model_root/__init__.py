"""The folder that TensorFlow Serving is pointed at: its configuration and labels."""
