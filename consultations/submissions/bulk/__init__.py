"""Answers on paper in bulk: a workbook with one row for each response, filled in by staff and read back.

`sheet` says which columns there are, `template` writes the workbook, `reading` takes one apart, `checking` finds every
row and cell that cannot be taken; `actions.bulk` makes submissions of what is good.
"""
