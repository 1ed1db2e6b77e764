"""Where a cell is, as spreadsheet programs say it."""


def place(row: int, column: int) -> str:
    """`B7` for row 6 and column 1, counted from 0."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(ord("A") + letter) + letters, column - 1
    return f"{letters}{row + 1}"
