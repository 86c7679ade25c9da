"""Runs on disk: Parquet parts that are the unit of truth, an index that is derived from them, and questions to them.

A part is written whole or not at all, so whatever is in a part is done, and whatever is not will be run. Nothing else
has to survive a kill: the index is read off the parts, tables of outcomes are computed from them.

Nothing that is read is believed. Each file has a hash: a part in its name, a table in ``store.json``, that one and each
line of the log in itself. So damage is seen before a number is used; it is refused by name, and run anew.
"""

from sim.results.store.cases import CaseRow
from sim.results.store.configs import Config
from sim.results.store.figures import Figure
from sim.results.store.index import Index, RunState
from sim.results.store.keys import FORMAT_VERSION, config_key, model_version, run_id
from sim.results.store.layout import CASES_FILE
from sim.results.store.one_writer import ask_to_stop, is_being_written
from sim.results.store.parts import Keep, RunRow, encode_part
from sim.results.store.reading import DamagedStoreError
from sim.results.store.results import Results, Status
from sim.results.store.verification import Verification, verify
from sim.results.store.writer import StoreWriter

__all__ = [
    "CASES_FILE",
    "FORMAT_VERSION",
    "CaseRow",
    "Config",
    "DamagedStoreError",
    "Figure",
    "Index",
    "Keep",
    "Results",
    "RunRow",
    "RunState",
    "Status",
    "StoreWriter",
    "Verification",
    "ask_to_stop",
    "config_key",
    "encode_part",
    "is_being_written",
    "model_version",
    "run_id",
    "verify",
]
