"""What happens beside the steps: progress, validation, TensorBoard."""
