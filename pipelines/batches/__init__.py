"""What happens to samples between the shards and a network's step."""
