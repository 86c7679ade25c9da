"""Reads a spreadsheet in a process of its own, which may use so much memory and time and no more.

A spreadsheet of a few bytes can unpack to gigabytes, or say that its only cell stands in row 1,048,576; whatever that
does to the reader, it does not do to the caller. Bytes come on standard input, and as words how many bytes of memory,
seconds, cells, letters, and letters of one cell there may be; sheets leave as JSON, one in a line.
"""

import datetime
import io
import json
import sys
from contextlib import suppress

TOO_LARGE = 3
NO_SPREADSHEET = 4
PROTECTED = 5


def _limit(most_memory: int, most_seconds: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
        resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def main() -> int:
    """Read standard input and write its sheets; the code that it ends with says what went wrong."""
    most_memory, most_seconds, most_cells, most_letters, longest = map(int, sys.argv[1:6])
    _limit(most_memory, most_seconds)
    import python_calamine

    n_cells = n_letters = 0
    try:
        book = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
        for about in book.sheets_metadata:
            sheet = book.get_sheet_by_name(about.name)
            n_cells += (sheet.total_height + 1) * (sheet.total_width + 1)  # of the last cell, counted from 0
            if n_cells > most_cells:
                return TOO_LARGE
            is_seen = about.visible == python_calamine.SheetVisibleEnum.Visible
            rows = [[_text(value)[:longest] for value in row] for row in sheet.to_python(skip_empty_area=False)]
            n_letters += sum(len(cell) for row in rows for cell in row)
            if n_letters > most_letters:
                return TOO_LARGE
            sys.stdout.write(json.dumps({"name": about.name, "is_seen": is_seen, "rows": rows}) + "\n")
    except MemoryError:
        return TOO_LARGE
    except python_calamine.PasswordError:
        return PROTECTED
    except Exception:
        return NO_SPREADSHEET
    return 0


if __name__ == "__main__":
    sys.exit(main())
