"""A request compared with a processor's own OpenAPI 3 description.

The descriptions lie outside of the repository, in the folder that `MAINSTAY_CONTRACTS` names, or in `shared/contracts`
beside it. Where there is none, nothing is compared and the tests about shapes say so.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

ROOT = Path(__file__).resolve().parents[3]
KEPT = ROOT / "build" / "contracts"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
ABSENT = (
    "There is no folder with the processors' descriptions here: set MAINSTAY_CONTRACTS to compare shapes."
)
_WORDS = {"true": True, "false": False}
_NAME = re.compile(r"[^\[\]]+")


def folder() -> Path | None:
    """Where the descriptions are."""
    found = Path(os.environ.get("MAINSTAY_CONTRACTS", ROOT.parent / "shared" / "contracts"))
    return found if found.is_dir() else None


def read(path: Path) -> dict[str, Any]:
    """A description; YAML, which is slow to read, is kept as JSON under `build/`."""
    content = path.read_bytes()
    if path.suffix == ".json":
        return dict(json.loads(content))
    kept = KEPT / f"{path.stem}-{hashlib.blake2b(content, digest_size=8).hexdigest()}.json"
    if kept.exists():
        return dict(json.loads(kept.read_bytes()))
    document = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and moved: another run may read it meanwhile.
    aside = kept.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps(document), encoding="utf-8")
    aside.replace(kept)
    return dict(document)


class Description:
    """One OpenAPI document."""

    def __init__(self, document: Mapping[str, Any], base: str = "") -> None:
        """`base` is what its servers put before each path."""
        self._document = document
        self._base = base
        self._registry = Registry().with_resource("urn:document", DRAFT4.create_resource(document))

    @cached_property
    def _paths(self) -> Sequence[tuple[str, re.Pattern[str]]]:
        """Each path with its pattern, those without names first."""
        ordered = sorted(self._document["paths"], key=lambda path: path.count("{"))
        return [(path, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))) for path in ordered]

    def template_of(self, path: str) -> str:
        """The path as the document writes it; empty when it has no such path."""
        inner = path.removeprefix(self._base)
        return next((template for template, pattern in self._paths if pattern.fullmatch(inner)), "")

    def problems(
        self,
        method: str,
        path: str,
        *,
        query: Iterable[tuple[str, str]] = (),
        form: Iterable[tuple[str, str]] | None = None,
        body: Any = None,
        ignored: Sequence[str] = (),
    ) -> list[str]:
        """What is wrong with a request, in sentences. `ignored` are names in it that are newer than the document."""
        template = self.template_of(path)
        operation = self._document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            return [f"{method} {path} is not a call of this API."]
        found = self._wrong(f"{method} {path}", self._of_query(template, operation), query, ignored)
        content = operation.get("requestBody", {}).get("content", {})
        pointer = f"urn:document#/paths/{_escaped(template)}/{method.lower()}/requestBody/content"
        if form is not None:
            schema = content[FORM]["schema"]
            found += self._wrong(f"{method} {path}", schema, form, ignored)
        elif body is not None or operation.get("requestBody", {}).get("required"):
            found += self._errors(f"{method} {path}", {"$ref": f"{pointer}/{_escaped(JSON)}/schema"}, body)
        return found

    def _of_query(self, template: str, operation: Mapping[str, Any]) -> dict[str, Any]:
        shared = self._document["paths"][template].get("parameters", [])
        named = [self._whole(one) for one in [*shared, *operation.get("parameters", [])]]
        asked = [one for one in named if one["in"] == "query"]
        return {
            "type": "object",
            "properties": {one["name"].removesuffix("[]"): one.get("schema", {}) for one in asked},
            "additionalProperties": False,
            **(
                {"required": needed}
                if (needed := [one["name"] for one in asked if one.get("required")])
                else {}
            ),
        }

    def _whole(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a schema or parameter refers to, if it refers to something else."""
        if "$ref" not in schema:
            return schema
        found: Any = self._document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return self._whole(found)

    def _wrong(
        self, call: str, schema: Mapping[str, Any], pairs: Iterable[tuple[str, str]], ignored: Sequence[str]
    ) -> list[str]:
        whole = self._typed(schema, nested(pairs))
        return self._errors(call, schema, {name: whole[name] for name in whole if name not in ignored})

    def _errors(self, call: str, schema: Mapping[str, Any], value: Any) -> list[str]:
        inlined = json.loads(json.dumps(schema).replace('"#/', '"urn:document#/'))
        errors = Draft4Validator(inlined, registry=self._registry).iter_errors(value)
        return [
            f"{call}: {'.'.join(map(str, error.path)) or 'it'}: {error.message[:200]}" for error in errors
        ]

    def _typed(self, schema: Mapping[str, Any], value: Any) -> Any:
        """A value out of a form, which has only text, with the types that the schema wants."""
        schema = self._whole(schema)
        options = schema.get("anyOf") or schema.get("oneOf")
        if options:
            return self._first_that_fits(options, value)
        kind = schema.get("type")
        if isinstance(value, dict) and kind == "array":
            return [self._typed(schema.get("items", {}), value[name]) for name in value]
        if isinstance(value, dict):
            inner, rest = schema.get("properties", {}), schema.get("additionalProperties")
            usual = rest if isinstance(rest, dict) else {}
            return {name: self._typed(inner.get(name, usual), one) for name, one in value.items()}
        return _SCALARS[kind](value) if kind in _SCALARS and isinstance(value, str) else value

    def _first_that_fits(self, options: Sequence[Mapping[str, Any]], value: Any) -> Any:
        typed = [self._typed(option, value) for option in options]
        fits = (one for option, one in zip(options, typed, strict=True) if not self._errors("", option, one))
        return next(fits, value)


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b]=c` as `{"a": {"b": "c"}}`; `a[]` and `a[0]` alike become an entry under a number."""
    whole: dict[str, Any] = {}
    for name, value in pairs:
        first, *more = _NAME.findall(name)
        names = [first, *more] if "[]" not in name else [first, *more, str(len(whole.get(first, {})))]
        place = whole
        for one in names[:-1]:
            place = place.setdefault(one, {})
        place[names[-1]] = value
    return whole


def _number(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


def _boolean(text: str) -> Any:
    return _WORDS.get(text, text)


_SCALARS: dict[str, Callable[[str], Any]] = {"integer": _number, "number": _number, "boolean": _boolean}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
