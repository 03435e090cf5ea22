"""The script under the article, as it is served: made from the two source files when it is first asked for.

There is no build to run and none to forget. `smaller` leaves out comments and spaces and shortens the script's own
names; it knows only as much JavaScript as `ask.js` uses: every statement ends with a semicolon, there are no template
literals, and an object never uses the short form `{ name }`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from string import ascii_letters

_FOLDER = Path(__file__).parent
_STYLES = "/*css*/"
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)
    |(?P<text>'(?:\\.|[^'\\])*')
    |(?P<regex>(?<=[(,=:!] )/(?:\\.|\[[^]]*\]|[^/\\\n])+/[a-z]*|(?<=[(,=:!])/(?![ /])(?:\\.|\[[^]]*\]|[^/\\\n])+/[a-z]*)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*|\.\d+)
    |(?P<space>\s+)
    |(?P<sign>\.\.\.|.)""",
    re.VERBOSE,
)
_DECLARED = re.compile(r"\b(?:const|let) (\w+)|, (\w+) = |\(([\w, .]+)\) =>|\[([\w, ]+)\](?: =|\) =>)")
_METHOD = re.compile(r"^ {2}(?:async )?\w+\(([\w, ]+)\) \{", re.MULTILINE)
Token = tuple[str, str]


@cache
def script_bytes() -> bytes:
    """`/ask/v1.js`, ready to send."""
    script = smaller((_FOLDER / "ask.js").read_text(encoding="utf-8"))
    return script.replace(_STYLES, smaller_styles((_FOLDER / "ask.css").read_text(encoding="utf-8"))).encode()


def smaller(source: str) -> str:
    """The same script without comments and needless spaces, with its own names shortened."""
    tokens = [token for token in _tokens(source) if token[0] not in ("comment", "space")]
    short = _short_names(source, tokens)
    shortened = [(kind, short.get(text, text) if kind == "name" else text) for kind, text in tokens]
    return "".join(_joined(shortened)).replace(";}", "}")


def smaller_styles(css: str) -> str:
    """A style sheet without the spaces that it can do without, fit for a JavaScript text in single quotes."""
    one_line = re.sub(r"\s+", " ", css).strip()
    return re.sub(r" ?([{};,>]) ?|(:) ", r"\1\2", one_line)


def _tokens(source: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(source):
        yield str(match.lastgroup), match[0]


def _joined(tokens: list[Token]) -> Iterator[str]:
    """The tokens, with a space only where two words would run together."""
    words = ("name", "number")
    for (kind, _text), (next_kind, next_text) in pairwise([("sign", ""), *tokens]):
        yield " " + next_text if kind in words and next_kind in words else next_text


def _short_names(source: str, tokens: list[Token]) -> dict[str, str]:
    """A short name for each name that the script declares and never uses as a property or a key."""
    around = list(zip([("sign", ""), *tokens], tokens, [*tokens[1:], ("sign", "")], strict=False))
    fixed = {text for before, (kind, text), after in around if kind == "name" and _is_property(before, after)}
    used = {text for kind, text in tokens if kind == "name"}
    kept = used - _declared(source) | fixed
    fresh = (letter for letter in _letters() if letter not in kept)
    often = Counter(text for _kind, text in tokens)
    wanted = sorted(_declared(source) & used - fixed, key=lambda name: (-often[name], name))
    return dict(zip(wanted, fresh, strict=False))


def _is_property(before: Token, after: Token) -> bool:
    return before[1] == "." or after[1] == ":"


def _declared(source: str) -> set[str]:
    lists = [*(group for match in _DECLARED.finditer(source) for group in match.groups() if group)]
    lists += [match[1] for match in _METHOD.finditer(source)]
    return {name for names in lists for name in re.findall(r"\w+", names)}


def _letters() -> Iterator[str]:
    yield from ascii_letters
    yield from ("".join(pair) for pair in product(ascii_letters, repeat=2))
