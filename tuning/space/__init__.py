"""What a sweep searches: fields of a recipe, the values they may have, conditions."""
