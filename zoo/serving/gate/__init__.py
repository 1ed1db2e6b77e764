"""What a TensorFlow Serving server would refuse, found before it is served."""
