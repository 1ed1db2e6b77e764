"""Between a network and its answer: scaling, operating point, reject rule."""
