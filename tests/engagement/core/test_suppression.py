"""No published table gives a small number away, however its rows and columns are summed."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from engagement.core.suppression import suppress, suppress_list

tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=4)
)


def _solved(shown, row_totals, column_totals, grand):
    """Work out by substitution what a reader with a pencil could: a line with one gap has no gap."""
    grid = [[*row, total] for row, total in zip(shown, row_totals, strict=True)] + [[*column_totals, grand]]
    found = set()
    changed = True
    while changed:
        changed = False
        lines = [[(r, c) for c in range(len(grid[0]))] for r in range(len(grid))]
        lines += [[(r, c) for r in range(len(grid))] for c in range(len(grid[0]))]
        for line in lines:
            gaps = [(r, c) for r, c in line if grid[r][c] is None]
            if len(gaps) == 1:
                (r, c) = gaps[0]
                *parts, total = line
                known = sum(grid[a][b] for a, b in parts if (a, b) != (r, c))
                grid[r][c] = known if (r, c) == total else grid[total[0]][total[1]] - known
                found.add((r, c))
                changed = True
    return found


@given(tables)
def test_no_hidden_cell_can_be_worked_out(table):
    shown, rows, columns, grand = suppress(table, least=5)

    assert grand is None or _solved(shown, rows, columns, grand) == set()


@given(tables)
def test_nothing_from_one_to_four_is_shown_and_what_is_shown_is_true(table):
    shown, rows, columns, grand = suppress(table, least=5)

    for r, c in product(range(len(table)), range(len(table[0]))):
        assert shown[r][c] in (None, table[r][c])
        assert shown[r][c] is None or shown[r][c] == 0 or shown[r][c] >= 5
    assert grand in (None, sum(map(sum, table)))
    assert all(total is None or total == 0 or total >= 5 for total in (*rows, *columns, grand))


def test_a_single_small_cell_takes_a_second_one_with_it():
    shown, rows, columns, grand = suppress([[3, 20], [30, 40]], least=5)

    assert shown == [[None, None], [None, None]]
    assert (rows, columns, grand) == ([23, 70], [33, 60], 93)


def test_a_table_without_small_numbers_stays_whole():
    assert suppress([[10, 20], [30, 40]], least=5) == ([[10, 20], [30, 40]], [30, 70], [40, 60], 100)


def test_nought_is_shown():
    assert suppress_list([0, 12, 9], base=21, least=5, disjoint=True) == [0, 12, 9]


def test_one_small_count_of_a_list_hides_another_and_the_base_stays():
    assert suppress_list([2, 12, 9], base=23, least=5, disjoint=True) == [None, 12, None]


def test_the_few_who_did_not_choose_what_nearly_all_chose_are_hidden_too():
    assert suppress_list([48, 20], base=50, least=5, disjoint=False) == [None, 20]
