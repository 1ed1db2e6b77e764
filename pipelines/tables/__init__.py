"""Tables that people make, as spreadsheet programs save them."""
