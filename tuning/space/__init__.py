"""What a sweep searches: fields of the recipe and the values they may have."""
