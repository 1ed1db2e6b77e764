"""Pages for people: elements of HTML that studies and sweeps are shown by."""
