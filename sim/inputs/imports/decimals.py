"""Whether commas in numbers are decimal or stand between thousands: told by their column, else by their whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sim.inputs.imports.columns import HeadedSheet

__all__ = ["with_decimal_points"]

_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0\d*,\d+|\d{4,},\d+|\d{1,3}(?:\.\d{3})+,\d+)")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_DECIMAL_POINT = re.compile(r"[+-]?(?:\d*\.(?:\d{1,2}|\d{4,})|0\.\d+)")
_POINT_OR_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_POINTS_AND_COMMA = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_LIST = re.compile(r"\d+(?:,\s*\d{1,2}){2,}")


@dataclass
class _Signs:
    """Which kinds of numbers stand in some cells."""

    decimal_comma: bool = False
    grouped: bool = False
    either: bool = False
    decimal_point: bool = False
    point_or_group: bool = False


def with_decimal_points(table: HeadedSheet) -> HeadedSheet:
    """Return a table whose numbers have decimal points, with what was assumed of those that can be read both ways.

    Parameters
    ----------
    table : with its headings found
    """
    columns = [_signs_in(cells) for cells in table.cells]
    is_comma = any(signs.decimal_comma for signs in columns)
    is_point = any(signs.decimal_point or signs.grouped for signs in columns)
    cells, assumed = [], dict(table.assumed)
    for heading, column, signs in zip(table.headings, table.cells, columns, strict=True):
        is_decimal = signs.decimal_comma or (is_comma and not signs.grouped)
        is_sure = signs.decimal_comma != signs.grouped or is_comma != is_point
        if signs.either and not is_sure:
            read = "as decimal" if is_decimal else "between thousands"
            assumed[heading] = f'in "{heading}" commas such as in 1,234 are read {read}, as nothing tells it surely'
        if signs.point_or_group and is_comma and not is_point:
            assumed[heading] = f'in "{heading}" points such as in 1.234 are read as decimal, though commas are too'
        cells.append([_mended(cell, is_decimal) for cell in column] if signs.either or is_decimal else column)
    return replace(table, cells=cells, assumed=assumed)


def _signs_in(cells: Iterable[str]) -> _Signs:
    bare = {_bare(cell) for cell in set(cells) if "," in cell or "." in cell}
    if any(_LIST.fullmatch(cell) and not _GROUPED.fullmatch(cell) for cell in bare):
        return _Signs()
    return _Signs(
        *(
            any(sign.fullmatch(cell) for cell in bare)
            for sign in (_DECIMAL_COMMA, _GROUPED, _EITHER, _DECIMAL_POINT, _POINT_OR_GROUP)
        )
    )


def _bare(cell: str) -> str:
    return cell.removesuffix("%").strip()


def _mended(cell: str, is_decimal: bool) -> str:
    bare = _bare(cell)
    if _POINTS_AND_COMMA.fullmatch(bare):
        return cell.replace(".", "").replace(",", ".")
    return cell.replace(",", ".") if is_decimal and _EITHER.fullmatch(bare) else cell
