"""TensorFlow Serving's protocols, served by this process."""
