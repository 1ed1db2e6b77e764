"""Whether probabilities are shares, and the scaling that makes them so."""
