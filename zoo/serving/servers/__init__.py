"""What can serve a model root: TensorFlow Serving, Docker, the embedded endpoint."""
