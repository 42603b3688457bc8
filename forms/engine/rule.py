"""One-line rules of a form file: parsed and judged at load, evaluated without surprises.

A rule names earlier answers, `today` (an ISO date) and the functions below; dates are ISO texts,
so they compare as they stand. It has no attributes, no indexes, no powers, no loops.
"""

import ast
import datetime as dt
import threading
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import simpleeval

from forms.engine import workdays
from forms.engine.answers import Value
from forms.engine.spec import PARTS

LENGTH_MAX = 300  # A rule that needs more is two fields, or an algorithm with a module of its own.
DEPTH_MAX = 12  # Deeper than any rule a person can read; keeps evaluation off the stack's end.
NODES_MAX = 80
CACHE_MAX = 4096  # Different rules of all forms; a hundred forms have a few hundred.
AMBIENT = frozenset({"today"})
_NODES = frozenset({
    ast.Expression, ast.Name, ast.Load, ast.Constant, ast.Tuple, ast.Call, ast.IfExp,
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
})  # fmt: skip


class RuleError(Exception):
    """A rule's text is no rule; the message is the reason's code, the fact its cause."""

    def __init__(self, code: str, cause: str = "") -> None:
        self.code = code
        self.cause = cause
        super().__init__(f"{code} {cause}")


def age(born: str, on: str) -> int:
    """Count the whole years from one ISO date to another."""
    first, last = dt.date.fromisoformat(born), dt.date.fromisoformat(on)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def _year(date: str) -> int:
    return dt.date.fromisoformat(date).year


def _days(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days


def _workday(date: str, days: int) -> str:
    return workdays.after(dt.date.fromisoformat(date), days).isoformat()


def _empty(value: Value) -> bool:
    return value is None


def _length(value: str | list[str] | None) -> int:
    return len(value or "")


def _part(value: Value, name: str) -> Value:
    return value.get(name) if isinstance(value, dict) else None


def _cut(value: str, first: int, last: int) -> str:
    return value[first:last]


# name -> (function, how many arguments)
FUNCTIONS: dict[str, tuple[Callable[..., Value], int]] = {
    "age": (age, 2),
    "days": (_days, 2),
    "year": (_year, 1),
    "workday": (_workday, 2),
    "empty": (_empty, 1),
    "length": (_length, 1),
    "cut": (_cut, 3),
    "part": (_part, 2),
}


class _Names(dict[str, Value]):
    """An answer that was not given is None."""

    def __missing__(self, key: str) -> None:
        return None


class _Evaluator(threading.local):
    """One evaluator a thread: building one costs more than most rules."""

    def __init__(self) -> None:
        functions = {name: function for name, (function, _) in FUNCTIONS.items()}
        self.run: Any = simpleeval.EvalWithCompoundTypes(  # type: ignore[no-untyped-call] # no types
            functions=functions
        )


_evaluator = _Evaluator()


class Rule:
    """A judged rule; `names` are the fields that it reads."""

    __slots__ = ("_tree", "names", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._tree, self.names = _judged(text)

    def evaluate(self, answers: Mapping[str, Value], today: str) -> Value:
        """Work the rule out; None where a value it needs is missing or of another sort."""
        run = _evaluator.run
        run.names = _Names(answers, today=today)
        try:
            result: Value = run.eval(self.text, previously_parsed=self._tree)
        except (TypeError, ValueError, ArithmeticError, simpleeval.InvalidExpression):
            return None
        return result

    def holds(self, answers: Mapping[str, Value], today: str) -> bool:
        """Tell whether the rule is true of these answers; what can't be worked out is not."""
        return bool(self.evaluate(answers, today))


@lru_cache(CACHE_MAX)
def _judged(text: str) -> tuple[ast.expr, frozenset[str]]:
    """Parse and judge a text, once: forms share their rules, and each is made at load and again."""
    tree = _parse(text)
    names = _judge(tree)
    return tree.body, frozenset(names - FUNCTIONS.keys()) - AMBIENT


def _parse(text: str) -> ast.Expression:
    if len(text) > LENGTH_MAX:
        raise RuleError("rule_long", str(LENGTH_MAX))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError, Warning) as error:
        raise RuleError("rule_syntax", str(error)) from None


def _judge(tree: ast.Expression) -> set[str]:
    """Judge every node and give the names, those of functions among them."""
    nodes = _nodes(tree)
    for node in nodes:
        if type(node) not in _NODES:
            raise RuleError("rule_forbidden", type(node).__name__)
        if isinstance(node, ast.Constant) and type(node.value) not in {str, int, bool, type(None)}:
            raise RuleError("rule_forbidden", type(node.value).__name__)
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    for call in calls:
        _judge_call(call)
    called = {call.func for call in calls}
    named = [node for node in nodes if isinstance(node, ast.Name)]
    for name in named:
        if name.id in FUNCTIONS and name not in called:
            raise RuleError("rule_name", name.id)
    return {name.id for name in named}


def _nodes(tree: ast.Expression) -> list[ast.AST]:
    """List all nodes, level by level, within both bounds."""
    nodes: list[ast.AST] = []
    level: list[ast.AST] = [tree]
    for _ in range(DEPTH_MAX):
        nodes += level
        if not level or len(nodes) > NODES_MAX:
            break
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level or len(nodes) > NODES_MAX:
        raise RuleError("rule_long", str(NODES_MAX))
    return nodes


def _judge_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        raise RuleError("rule_function", ast.unparse(node.func)[:40])
    if node.keywords or len(node.args) != FUNCTIONS[node.func.id][1]:
        raise RuleError("rule_arguments", node.func.id)
    if node.func.id == "part":
        name = node.args[1]
        if not isinstance(name, ast.Constant) or name.value not in PARTS:
            raise RuleError("rule_part", ast.unparse(name)[:40])
