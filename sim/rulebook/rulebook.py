"""The rules of a week in their order, and what follows from what they declare.

:data:`RULEBOOK` holds the rules that come with the package. With rules of one's own, or with other forms of a formula,
it is another rulebook; nothing here is ever changed in place.
"""

from __future__ import annotations

import hashlib
import marshal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import CodeType
from typing import Any

import numpy as np

from sim.base.compilation import globals_in, is_kernel
from sim.base.errors import Fault, InputError, nearest_name
from sim.base.measure import OTHER_COLUMNS, Measure
from sim.base.rule import Column, Form, Formula, Group, Lever, ParameterDeclaration, Rule, Stream
from sim.rulebook.columns import can_be_column, staff_columns
from sim.rulebook.own_rules import Recorded, RuleFile
from sim.rules import RULES

__all__ = ["GROUPS", "RULEBOOK", "Rulebook", "faults_of_forms", "rulebook_of_files"]

GROUPS: tuple[Group, ...] = ("staff", "teams", "seniors", "pairs", "services")

FIRST_OWN_STREAM = 1000
"""Streams of rules from outside the package have this number or a higher one."""


def _fixed(group: Group, name: str, meaning: str, dtype: str = "u4", highest: float = float("inf")) -> Column:
    return Column(group, name, meaning, "", dtype, 0.0, highest, initial=None)


_STRUCTURE = (
    _fixed("staff", "staff_group", "staff group", "u1", 4),
    _fixed("staff", "audience", "which interventions reach the person", "u2"),
    *(
        _fixed(group, "chance", "the number by which chance knows the row, whatever its place")
        for group in ("staff", "teams", "seniors", "services")
    ),
    _fixed("teams", "first_seat", "first staff row"),
    _fixed("teams", "last_seat", "the staff row after the last"),
    _fixed("teams", "audience", "which coaching reaches the leader", "u2"),
    _fixed(
        "teams", "all_tied", "whether everybody in the team is tied to everybody (no ties within it are given)", "u1", 1
    ),
    _fixed("seniors", "audience", "what the senior leader means to do with the time", "u2"),
    _fixed("pairs", "first_senior", "one of the two"),
    _fixed("pairs", "second_senior", "the other"),
    _fixed("services", "first_team", "first team"),
    _fixed("services", "last_team", "the team after the last"),
    _fixed("services", "first_seat", "first staff row"),
    _fixed("services", "last_seat", "the staff row after the last"),
    _fixed("services", "first_senior", "first senior leader"),
    _fixed("services", "last_senior", "the senior leader after the last"),
    _fixed("services", "first_pair", "first pair of senior leaders"),
    _fixed("services", "last_pair", "the pair after the last"),
    _fixed("services", "rule_class", "which rules are in force", "u2"),
)
"""Columns that an organisation and a plan set, and that no rule writes."""


@dataclass(frozen=True, eq=False)
class Rulebook:
    """The rules of a week in their order.

    Parameters
    ----------
    rules : in the order of the week
    forms : formulas that are not computed in their usual form, name -> form
    own : names of the rules that do not come with the package
    files : the files that declare them and measures, where they come from files
    own_measures : weekly measures that do not come with the package
    """

    rules: tuple[Rule, ...]
    forms: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    files: tuple[RuleFile, ...] = ()
    own_measures: tuple[Measure, ...] = ()

    def __reduce__(self) -> tuple[Callable[..., Rulebook], tuple[Any, ...]]:
        """Return how another process makes the same rulebook: from the package, the files and the forms."""
        from_files = {rule.name for file in self.files for rule in file.rules()}
        from_files |= {measure.name for file in self.files for measure in file.measures()}
        own = (*self.own, *(measure.name for measure in self.own_measures))
        if missing := [name for name in own if name not in from_files]:
            raise InputError.single(
                missing[0], "rules and measures that stand in a file, to be run in other processes",
                "one made in this process", "write it into a file, or run with threads",
            )  # fmt: skip
        return _made_again, (self.files, tuple(sorted(self.forms.items())))

    # --- other rulebooks ----------------------------------------------------------------------------------------

    def with_rules(self, *own: Rule) -> Rulebook:
        """Return a rulebook with rules from outside the package, each where it says (``after``), else last.

        Raises
        ------
        InputError : a rule declares what it may not; all faults are listed
        """
        book = self
        for rule in own:
            faults = list(_faults_of(rule, book))
            if faults:
                raise InputError(faults)
            names = [one.name for one in book.rules]
            place = names.index(rule.after) + 1 if rule.after else len(names)
            rules = (*book.rules[:place], rule, *book.rules[place:])
            book = replace(book, rules=rules, own=(*book.own, rule.name))
        return book

    def with_measures(self, *own: Measure) -> Rulebook:
        """Return a rulebook with weekly measures from outside the package, which follow those of the package.

        Raises
        ------
        InputError : a measure declares what it may not; all faults are listed
        """
        faults = [fault for measure in own for fault in _faults_of_measure(measure)]
        doubled = _doubled([*(one.name for one in self.own_measures), *(one.name for one in own)], set())
        faults += [Fault("measures", "a name that is not taken", f'"{name}"') for name in doubled]
        if faults:
            raise InputError(faults)
        return replace(self, own_measures=(*self.own_measures, *own))

    def with_files(self, *files: RuleFile) -> Rulebook:
        """Return a rulebook with the rules and measures that files declare.

        Raises
        ------
        InputError : a file cannot be executed, or a rule or a measure declares what it may not
        """
        book = self.with_rules(*(rule for file in files for rule in file.rules() if rule not in RULES))
        book = book.with_measures(*(measure for file in files for measure in file.measures()))
        return replace(book, files=(*self.files, *files))

    def with_forms(self, forms: Mapping[str, str]) -> Rulebook:
        """Return a rulebook in which formulas are computed in other forms.

        Raises
        ------
        InputError : there is no such formula, or no such form of it; all faults are listed
        """
        faults = list(faults_of_forms(forms, self.formulas))
        if faults:
            raise InputError(faults)
        chosen = {**self.forms, **forms}
        other = {name: chosen[name] for name in sorted(chosen) if chosen[name] != self.formulas[name].forms[0].name}
        return self if other == self.forms else replace(self, forms=other)

    # --- what follows from the rules ----------------------------------------------------------------------------

    @cached_property
    def parameters(self) -> dict[str, ParameterDeclaration]:
        """Every parameter by name, in the order of the week."""
        return {one.name: one for rule in self.rules for one in rule.parameters}

    @cached_property
    def columns(self) -> dict[Group, dict[str, Column]]:
        """Every column of the state, by group and name."""
        every = [*(column for rule in self.rules for column in rule.columns), *_STRUCTURE]
        return {group: {column.name: column for column in every if column.group == group} for group in GROUPS}

    @cached_property
    def streams(self) -> dict[str, Stream]:
        """Every stream of chance that the rules draw from, by name."""
        return {stream.name: stream for rule in self.rules for stream in rule.streams}

    @cached_property
    def levers(self) -> dict[str, Lever]:
        """What interventions add to the rules in force, by name."""
        return {lever.name: lever for rule in self.rules for lever in rule.levers}

    @cached_property
    def formulas(self) -> dict[str, Formula]:
        """The formulas that can be exchanged, by name."""
        return {formula.name: formula for rule in self.rules for formula in rule.formulas}

    @cached_property
    def writers(self) -> dict[str, tuple[str, ...]]:
        """Which rules write each column, by ``group.name``."""
        return {
            column.path: tuple(
                rule.name
                for rule in self.rules
                if column.path in rule.writes or column.path in [one.column for one in rule.adds]
            )
            for named in self.columns.values()
            for column in named.values()
        }

    def zeros(self, group: Group, n_rows: int) -> Any:
        """Return the columns of a group, all zero: of staff an array for each column, else an array of records."""
        if group == "staff":
            columns = self.columns["staff"].values()
            return staff_columns({column.name: np.zeros(n_rows, column.dtype) for column in columns})
        return np.zeros(n_rows, self.dtype_of(group))

    def dtype_of(self, group: Group) -> np.dtype[Any]:
        """Return the record type of a group of columns; the widest come first, so that there are no gaps."""
        widest_first = sorted(self.columns[group].values(), key=lambda column: -np.dtype(column.dtype).itemsize)
        return np.dtype([(column.name, column.dtype) for column in widest_first], align=True)

    @cached_property
    def rules_dtype(self) -> np.dtype[Any]:
        """The record type of the rules in force: every parameter, and what interventions add for a whole service."""
        levers = [(lever.name, lever.dtype) for lever in self.levers.values()]
        return np.dtype([(name, "f8") for name in self.parameters] + levers, align=True)

    @cached_property
    def exchanged(self) -> dict[Callable[..., Any], Callable[..., Any]]:
        """The kernels that take the place of usual ones."""
        return {self.formulas[name].forms[0].kernel: self.form_of(name).kernel for name in self.forms}

    def form_of(self, formula: str) -> Form:
        """Return the form in which a formula is computed."""
        forms = self.formulas[formula].forms
        return next(form for form in forms if form.name == self.forms.get(formula, forms[0].name))

    @cached_property
    def without_mean_field(self) -> tuple[str, ...]:
        """What the mean field has no counterpart of: rules, of one's own always, and forms of formulas, in words."""
        rules = [f'the rule "{rule.name}"' for rule in self.rules if not rule.has_mean_field or rule.name in self.own]
        forms = [name for name in self.forms if not self.form_of(name).has_mean_field]
        return (*rules, *(f'"{self.forms[name]}" as the form of {name}' for name in forms))

    @cached_property
    def recorded(self) -> tuple[Recorded, ...]:
        """What a run records of rules and measures that do not come with the package, in their order; files first."""
        from_files: set[Rule | Measure] = {rule for file in self.files for rule in file.rules()}
        from_files |= {measure for file in self.files for measure in file.measures()}
        rules = [rule for rule in self.rules if rule.name in self.own and rule not in from_files]
        measures = [measure for measure in self.own_measures if measure not in from_files]
        return (
            *(file.recorded for file in self.files),
            *(Recorded(name=rule.name, sha256=digest_of(rule)) for rule in rules),
            *(Recorded(name=measure.name, sha256=digest_of_measure(measure)) for measure in measures),
        )

    @cached_property
    def key(self) -> str:
        """What tells the compiled week from others; empty for the rules of the package in their usual forms."""
        if self.rules == RULES and not self.forms and not self.own_measures:
            return ""
        digest = hashlib.sha256(repr([rule.name for rule in self.rules]).encode())
        digest.update(repr(sorted(self.forms.items())).encode())
        for rule in self.rules:
            if rule not in RULES:
                digest.update(digest_of(rule).encode())
        for measure in self.own_measures:
            digest.update(digest_of_measure(measure).encode())
        return digest.hexdigest()


# --- what a rule may declare ------------------------------------------------------------------------------------------


def _faults_of(rule: Rule, book: Rulebook) -> Iterator[Fault]:
    """Yield what is wrong with a rule from outside the package, beside those that are there."""
    where = f"rule {rule.name}"
    names = [one.name for one in book.rules]
    if not rule.name.isidentifier() or rule.name in names:
        yield Fault(where, "a name of its own, of letters, digits and _", f'"{rule.name}"')
    if rule.after and rule.after not in names:
        yield Fault(f"{where}: after", "the name of a rule", f'"{rule.after}"', nearest_name(rule.after, names))
    declared = [*(one.name for one in rule.parameters), *(one.name for one in rule.levers)]
    for name in _doubled(declared, {*book.parameters, *book.levers}):
        yield Fault(f"{where}: parameters", "a name that is not taken", f'"{name}"')
    symbols = {one.symbol for one in book.parameters.values()}
    for symbol in _doubled((one.symbol for one in rule.parameters), symbols):
        yield Fault(f"{where}: parameters", "a symbol that is not taken", f'"{symbol}"')
    for one in rule.parameters:
        if not one.lowest <= one.plausible[0] <= one.default <= one.plausible[1] <= one.highest:
            yield Fault(f"{where}: {one.name}", "a default within what is plausible, within what is accepted",
                        f"{one.default:g} in {one.plausible} in ({one.lowest:g}, {one.highest:g})")  # fmt: skip
    columns = {column.path for named in book.columns.values() for column in named.values()}
    for path in _doubled((column.path for column in rule.columns), columns):
        yield Fault(f"{where}: columns", "a name that is not taken", f'"{path}"')
    for column in rule.columns:
        if not can_be_column(column.name):
            wanted = "a name of letters, digits and _ that begins with a letter and has no other meaning"
            yield Fault(f"{where}: columns", wanted, f'"{column.path}"')
    numbers = {stream.number for stream in book.streams.values()}
    for number in _doubled((stream.number for stream in rule.streams), numbers):
        yield Fault(f"{where}: streams", "a number that is not taken", str(number))
    for stream in rule.streams:
        if stream.number < FIRST_OWN_STREAM:
            yield Fault(f"{where}: streams", f"a number of {FIRST_OWN_STREAM} or more", str(stream.number))
    yield from _faults_of_touch(rule, columns, where)


def _faults_of_touch(rule: Rule, shipped: set[str], where: str) -> Iterator[Fault]:
    """Yield what a rule reads, writes or adds to that is not there, or not its own."""
    own = {column.path for column in rule.columns}
    for path in rule.reads:
        if path not in own | shipped and not path.startswith("scratch."):
            yield Fault(f"{where}: reads", "a column", f'"{path}"', nearest_name(path, [*own, *shipped]))
    for path in rule.writes:
        if path not in own:
            hint = 'what it changes of other rules\' columns, it declares under "adds"' if path in shipped else ""
            yield Fault(f"{where}: writes", "a column of its own", f'"{path}"', hint)
    fixed = {column.path for column in _STRUCTURE}
    for one in rule.adds:
        if one.column not in shipped - fixed:
            yield Fault(f"{where}: adds", "a column that another rule owns", f'"{one.column}"',
                        nearest_name(one.column, sorted(shipped - fixed)))  # fmt: skip
        if not 0 < one.most < float("inf"):
            yield Fault(f"{where}: adds", "a largest change above 0", f"{one.most:g}")
    kernels = [*(step.kernel for step in rule.steps), *(one.kernel for one in rule.adds)]
    if not kernels:
        yield Fault(where, "at least one step, or something that it adds", "neither")
    for function in [*kernels, *([rule.start] if rule.start else [])]:
        if not is_kernel(function):
            yield Fault(where, "a function marked with @kernel", getattr(function, "__name__", repr(function)))


def _faults_of_measure(measure: Measure) -> Iterator[Fault]:
    """Yield what is wrong with a measure from outside the package."""
    where = f"measure {measure.name}"
    if not measure.name.isidentifier() or not measure.name.islower():
        yield Fault(where, "a name of small letters, digits and _", f'"{measure.name}"')
    if measure.name in OTHER_COLUMNS:
        yield Fault(where, "a name that is not taken", "that of another column of weekly tables")
    if measure.over not in GROUPS:
        yield Fault(f"{where}: over", f"one of {', '.join(GROUPS)}", repr(measure.over))
    if not is_kernel(measure.value):
        yield Fault(where, "a function marked with @kernel", getattr(measure.value, "__name__", repr(measure.value)))
    for name in ("label", "unit", "meaning"):
        if not getattr(measure, name):
            yield Fault(f"{where}: {name}", "a few words", "none")


def _doubled(names: Iterable[Any], taken: set[Any]) -> list[Any]:
    """Return the names that stand there twice, or are taken."""
    return [name for name, n in Counter(names).items() if n > 1 or name in taken]


def faults_of_forms(forms: Mapping[str, str], formulas: Mapping[str, Formula], where: str = "rules") -> Iterator[Fault]:
    """Yield what is wrong with a choice of forms, name of a formula -> name of a form."""
    for name, chosen in forms.items():
        if name not in formulas:
            hint = nearest_name(name, formulas) or f"they are {', '.join(formulas)}"
            yield Fault(where, "the name of a formula that can be exchanged", f'"{name}"', hint)
            continue
        known = [form.name for form in formulas[name].forms]
        if chosen not in known:
            hint = nearest_name(chosen, known) or f"they are {', '.join(known)}"
            yield Fault(f"{where}.{name}", "the name of one of its forms", f'"{chosen}"', hint)


def digest_of(rule: Rule) -> str:
    """Return a hash of what a rule compiles to: its kernels, all that they call, and the numbers in them."""
    digest = hashlib.sha256()
    declared = (rule.name, rule.parameters, rule.columns, rule.streams, rule.levers, rule.after)
    digest.update(repr(declared).encode())
    for step in rule.steps:
        digest.update(repr(step.across_services).encode())
    for one in rule.adds:
        digest.update(repr((one.column, one.most)).encode())
    starts = [rule.start] if rule.start else []
    _add_kernels(digest, [*(step.kernel for step in rule.steps), *(one.kernel for one in rule.adds), *starts])
    return digest.hexdigest()


def digest_of_measure(measure: Measure) -> str:
    """Return a hash of what a measure is computed from: its code, and the rows that it goes through."""
    digest = hashlib.sha256(repr((measure.name, measure.over, measure.total)).encode())
    _add_kernels(digest, [measure.value])
    return digest.hexdigest()


_WITHOUT_REFERENCES = 0
"""The form of marshal that says the same of a code whoever else holds a part of it; later ones say who shares what."""


def _without_place(code: CodeType) -> CodeType:
    """Return a code that does not know in which file and line it stands."""
    inner = tuple(_without_place(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_filename="", co_firstlineno=1, co_linetable=b"", co_consts=inner)


def _add_kernels(digest: Any, waiting: list[Any]) -> None:
    """Add kernels, all that they call, and the numbers in them to a hash."""
    seen: set[Any] = set()
    while waiting:
        function: Any = waiting.pop(0)
        if function in seen:
            continue
        seen.add(function)
        code = function.__code__
        digest.update(marshal.dumps(_without_place(code), _WITHOUT_REFERENCES))
        values = [function.__globals__.get(name) for name in globals_in(code)]
        values += [cell.cell_contents for cell in function.__closure__ or ()]
        digest.update(repr([value for value in values if isinstance(value, float | int | str | tuple)]).encode())
        waiting += filter(is_kernel, values)


@cache
def _made_again(files: tuple[RuleFile, ...], forms: tuple[tuple[str, str], ...]) -> Rulebook:
    """Return the rulebook of files and forms, the same for all that ask in this process."""
    return (RULEBOOK.with_files(*files) if files else RULEBOOK).with_forms(dict(forms))


def rulebook_of_files(files: Sequence[RuleFile]) -> Rulebook:
    """Return the rulebook of the package's rules and of those in files, the same for all that ask in this process.

    Raises
    ------
    InputError : a file cannot be executed, or a rule declares what it may not
    """
    return _made_again(tuple(files), ())


RULEBOOK = Rulebook(RULES)
"""The rules that come with the package, in their usual forms."""
