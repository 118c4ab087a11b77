"""Small numbers: hide cells under the threshold, and enough others that none of them can be worked out again.

The rule is that of official statistics (primary and secondary cell suppression): a count from 1 to k-1 is hidden;
then, as long as simple sums over the rows and columns that are shown would give a hidden cell away, the smallest
other count of its row or column is hidden too. Nought stays: that nobody said something is no secret about anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Cell = int | None


def suppress(cells: Sequence[Sequence[int]], *, least: int) -> tuple[list[list[Cell]], list[Cell], list[Cell], Cell]:
    """A table with its row totals, column totals and grand total, safe to publish.

    `cells` are counts of disjoint groups: every row sums to its total. Returns the cells, row totals, column totals
    and grand total with None where hidden; `least` is k. The grand total is shown unless it is small itself, and then
    nothing is shown at all.
    """
    rows, columns = len(cells), len(cells[0]) if cells else 0
    grand = sum(sum(row) for row in cells)
    if 0 < grand < least:
        return [[None] * columns for _ in range(rows)], [None] * rows, [None] * columns, None
    if rows == 1:
        line = _suppress_line(cells[0], least)
        return [line], [grand], line, grand
    if columns == 1:
        line = _suppress_line([row[0] for row in cells], least)
        return [[cell] for cell in line], line, [grand], grand
    grid = [[*row, sum(row)] for row in cells]
    grid.append([sum(row[column] for row in grid) for column in range(columns + 1)])
    places = [(r, c) for r in range(rows + 1) for c in range(columns + 1) if (r, c) != (rows, columns)]
    hidden = {(r, c) for r, c in places if 0 < grid[r][c] < least}
    while solvable := _solvable(hidden, rows, columns):
        # One more cell at a time: the smallest in a row or column of one that could be worked out; inner cells before
        # totals, because a total says more to the reader.
        candidates = [
            (r == rows or c == columns, grid[r][c], r, c)
            for r, c in places
            if (r, c) not in hidden and grid[r][c] > 0 and any(r == a or c == b for a, b in solvable)
        ]
        if not candidates:
            hidden = {(r, c) for r, c in places if grid[r][c] > 0}
            break
        hidden.add(min(candidates)[2:])
    shown: list[list[Cell]] = [
        [None if (r, c) in hidden else grid[r][c] for c in range(columns + 1)] for r in range(rows + 1)
    ]
    return [row[:columns] for row in shown[:rows]], [row[columns] for row in shown[:rows]], shown[rows][:columns], grand


def _suppress_line(counts: Sequence[int], least: int) -> list[Cell]:
    """Counts that sum to a total which is shown: a hidden one is never the only one."""
    hidden = {place for place, count in enumerate(counts) if 0 < count < least}
    if len(hidden) == 1:
        others = [(count, place) for place, count in enumerate(counts) if count >= least]
        if others:
            hidden.add(min(others)[1])
    return [None if place in hidden else count for place, count in enumerate(counts)]


def suppress_list(counts: Sequence[int], *, base: int, least: int, disjoint: bool) -> list[Cell]:
    """One list of counts, safe to publish beside its `base`.

    With `disjoint` counts (one choice each) whoever is in none of them makes up the difference to the base, so that
    difference counts as a cell too. Counts of several choices overlap: each stands alone, and is also hidden when all
    but a few of the base chose it, because that tells about the few.
    """
    if not disjoint:
        return [None if 0 < count < least or 0 < base - count < least else count for count in counts]
    remainder = base - sum(counts)
    cells, _, _, _ = suppress([[*counts, remainder]], least=least)
    return cells[0][:-1]


def _solvable(hidden: set[tuple[int, int]], rows: int, columns: int) -> set[tuple[int, int]]:
    """The hidden cells that the linear equations of the table fix: those alone in a row of the reduced matrix."""
    unknowns = sorted(hidden)
    place = {cell: index for index, cell in enumerate(unknowns)}
    matrix: list[list[Fraction]] = []
    lines = [[(r, c) for c in range(columns + 1)] for r in range(rows + 1)]
    lines += [[(r, c) for r in range(rows + 1)] for c in range(columns + 1)]
    for line in lines:
        equation = [Fraction(0)] * len(unknowns)
        for position, cell in enumerate(line):
            if cell in place:
                equation[place[cell]] = Fraction(-1 if position == len(line) - 1 else 1)
        if any(equation):
            matrix.append(equation)
    pivots = 0
    for column in range(len(unknowns)):
        found = next((row for row in range(pivots, len(matrix)) if matrix[row][column]), None)
        if found is None:
            continue
        matrix[pivots], matrix[found] = matrix[found], matrix[pivots]
        lead = matrix[pivots][column]
        matrix[pivots] = [value / lead for value in matrix[pivots]]
        for row in range(len(matrix)):
            if row != pivots and matrix[row][column]:
                factor = matrix[row][column]
                matrix[row] = [value - factor * base for value, base in zip(matrix[row], matrix[pivots], strict=True)]
        pivots += 1
    fixed = set()
    for equation in matrix[:pivots]:
        terms = [index for index, value in enumerate(equation) if value]
        if len(terms) == 1:
            fixed.add(unknowns[terms[0]])
    return fixed
