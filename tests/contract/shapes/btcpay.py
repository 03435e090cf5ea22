"""The published description of Greenfield, to which the tests hold every request that the adapter sends.

Three defects are mended on loading: a key with a slash in it that its `$ref` doesn't escape; the ways to sign in,
which are written as all of them where one is meant; and `allOf` beside `additionalProperties: false`, which nothing can
satisfy, and which becomes `unevaluatedProperties: false` on the whole.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

from mainstay.processors.btcpay.example_server import Heard

from .openapi import ABSENT, folder

PARTS = (
    "template",
    "api-keys",
    "invoices",
    "pull-payments",
    "webhooks",
    "stores",
    "misc",
    "serverinfo",
    "subscriptions",
)
DECIMAL = r"^-?\d+(\.\d+)?$"


@cache
def description() -> dict[str, Any]:
    """All parts in one, mended. There must be a folder."""
    where = folder()
    assert where is not None, ABSENT
    whole: dict[str, Any] = {"paths": {}, "components": {}}
    for name in PARTS:
        part = json.loads((where / "btcpay" / f"{name}.json").read_text(encoding="utf-8"))
        whole["paths"].update(part.get("paths", {}))
        for kind, entries in part.get("components", {}).items():
            whole["components"].setdefault(kind, {}).update(entries)
    mended: dict[str, Any] = _mended(whole)
    return mended


def _mended(value: Any, inside: bool = False) -> Any:
    """A copy without the defects. `inside`: the value is a part of an `allOf`."""
    if isinstance(value, list):
        return [_mended(one, inside) for one in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _mended(one, key == "allOf") for key, one in value.items()}
    if isinstance(copy.get("$ref"), str):
        copy["$ref"] = copy["$ref"].replace("Subscriptions/Currency", "Subscriptions~1Currency")
    if "allOf" in copy and any(part.get("additionalProperties") is False for part in value["allOf"]):
        copy["unevaluatedProperties"] = False
    if inside:
        copy.pop("additionalProperties", None)
    if copy.pop("nullable", False) is True and isinstance(copy.get("type"), str):
        copy["type"] = [copy["type"], "null"]
    if copy.get("format") == "decimal":
        copy["pattern"] = DECIMAL
    security = copy.get("security")
    if isinstance(security, list):
        copy["security"] = [{name: rights} for way in security for name, rights in way.items()]
    return copy


def expect_shapes(heard: Iterable[Heard]) -> None:
    """Fails with what is wrong about any of the requests. Says nothing where there is no description."""
    if folder() is not None:
        wrong = [problem for one in heard for problem in problems(*one)]
        assert not wrong, "\n".join(wrong)


def problems(method: str, target: str, authorization: str, body: Any) -> list[str]:
    """What is wrong with a request, by the description; empty when nothing is. `target` is the path with its query."""
    whole = description()
    path, _, query = target.partition("?")
    found = _operation(whole, method, path)
    if found is None:
        return [f"{method} {path} is not described"]
    item, operation = found
    parameters = [
        _resolved(whole, one) for one in (*item.get("parameters", ()), *operation.get("parameters", ()))
    ]
    return [
        *_of_query(whole, parameters, query),
        *_of_body(whole, operation, body),
        *_of_signing(operation, authorization),
    ]


def _operation(
    whole: Mapping[str, Any], method: str, path: str
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    for template, item in whole["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in item:
            return item, item[method.lower()]
    return None


def _resolved(whole: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = whole
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/")]
    resolved: Mapping[str, Any] = found
    return resolved


def _errors(whole: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    root = {"components": whole["components"], **schema}
    for error in Draft202012Validator(root).iter_errors(value):
        yield f"{'/'.join(str(part) for part in error.path)}: {error.message}"


def _of_query(whole: Mapping[str, Any], parameters: list[Mapping[str, Any]], query: str) -> Iterator[str]:
    known = {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}
    for name, written in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            yield f"query {name} is not described"
        else:
            yield from _errors(whole, known[name], _as_described(whole, known[name], written))


def _as_described(whole: Mapping[str, Any], schema: Mapping[str, Any], written: str) -> Any:
    """A query's text as the type that is described: numbers, yes and no, lists of one."""
    types = str(_resolved(whole, schema).get("type", schema.get("allOf", "")))
    if "array" in types:
        return [written]
    if "boolean" in types and written in ("true", "false"):
        return written == "true"
    return int(written) if "number" in types and written.isdecimal() else written


def _of_body(whole: Mapping[str, Any], operation: Mapping[str, Any], body: Any) -> Iterator[str]:
    described = operation.get("requestBody")
    if described is None:
        if body is not None:
            yield "a body is not described"
        return
    yield from _errors(whole, described["content"]["application/json"]["schema"], body)


def _of_signing(operation: Mapping[str, Any], authorization: str) -> Iterator[str]:
    names = {name for way in operation.get("security", ()) for name in way}
    if names and not ("API_Key" in names and re.fullmatch(r"token \S+", authorization)):
        yield "not signed in as described"
