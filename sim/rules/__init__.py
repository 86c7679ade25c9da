"""The rules of a week, one file per step, as compiled functions over columns.

A mechanism knows nothing but arrays. It declares the columns it ``READS`` and ``WRITES`` (as ``group.column``) and the
``STREAMS`` of chance it draws from; a contract test holds it to that.
"""
