"""What pydantic says about a catalog entry, in sentences for the person who wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from layers.catalog_words import FILLED
from layers.problems import listed, suggestion
from layers.toml_lines import Key


def sentences(error: ValidationError, model: type[BaseModel], key: Key) -> list[tuple[Key, str]]:
    """A key and a sentence for each error in an entry; ``key`` is where the entry stands."""
    problems: dict[Key, str] = {}
    for details in error.errors():
        # a union tells one error per member; the first is enough
        at = tuple(part for part in details["loc"] if not _is_union_branch(part))
        problems.setdefault((*key, *at), _sentence(details, model, key, at))
    return list(problems.items())


def _is_union_branch(part: str | int) -> bool:
    return isinstance(part, str) and bool(re.search(r"[\[(]", part) or part in ("int", "float"))


def _sentence(details: ErrorDetails, model: type[BaseModel], key: Key, at: Key) -> str:
    name = _name(at) or _name(key)
    kind = details["type"]
    given = _shown(details["input"])
    context = details.get("ctx", {})
    holder = _model_at(model, at[:-1])
    allowed = _keys(holder)
    if kind == "extra_forbidden":
        unknown = str(at[-1])
        hint = suggestion(unknown, allowed) if unknown != "include" else " (include stands above the first table)"
        return f'unknown key "{unknown}" in {_place(key, at)}{hint}; allowed here: {listed(allowed, 20)}'
    if kind == "missing":
        return f'{_place(key, at)} needs the key "{at[-1]}"'
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"{name} = {given} is not known{suggestion(str(details['input']), choices)}; allowed: {listed(choices)}"
    if kind == "string_pattern_mismatch" and context.get("pattern") == FILLED:
        return f"{name} = {given} must be a text that is not empty"
    if kind == "string_pattern_mismatch":
        return (
            f"{name} = {given} is no id: it holds small letters, digits and hyphens, and begins with a letter or digit"
        )
    if kind == "value_error":
        return str(context.get("error", details["msg"]))
    if kind in _EXPECTED:
        return f"{name} = {given} must be {_EXPECTED[kind](context)}"
    return f"{name} = {given}: {details['msg'].lower()}"


_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_type": lambda _: 'a text in quotes, such as "text"',
    "int_type": lambda _: "a whole number, without quotes",
    "float_type": lambda _: "a number, without quotes",
    "bool_type": lambda _: "true or false, without quotes",
    "too_short": lambda context: f"a list of at least {context['min_length']}",
    "greater_than_equal": lambda context: f"{context['ge']} or more",
    "less_than_equal": lambda context: f"{context['le']} or less",
    "tuple_type": lambda _: "a list in square brackets",
    "dict_type": lambda _: 'a table, such as { Column = ["code"] }',
    "model_type": lambda _: "a table, such as { nl = .. }",
    "model_attributes_type": lambda _: "a table, such as { nl = .. }",
}


def _name(at: Key) -> str:
    """``title.nl``; elements of a list have no name of their own."""
    return ".".join(part for part in at if isinstance(part, str))


def _place(key: Key, at: Key) -> str:
    """``[[indicators]]`` or ``style of [[indicators]]``."""
    header = f"[{key[0]}]" if len(key) == 1 else f"[[{key[0]}]]" if isinstance(key[1], int) else f"[{key[0]}.{key[1]}]"
    inner = _name(at[:-1])
    return f"{inner} of {header}" if inner else header


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _keys(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel] | None, at: Key) -> type[BaseModel] | None:
    """The model that holds the keys at a place within an entry."""
    for part in at:
        if model is None or isinstance(part, int):
            continue
        by_key = {field.alias or name: field for name, field in model.model_fields.items()}
        model = _model_in(by_key[part].annotation) if part in by_key else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
