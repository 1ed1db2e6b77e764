"""A finished run as a TensorFlow Serving endpoint, and the client that asks it."""
