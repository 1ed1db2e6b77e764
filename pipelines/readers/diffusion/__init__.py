"""What images under diffusion gradients have in common, whatever their format."""
