"""TOML text from plain values: the standard library reads TOML and does not write it."""

import re
from datetime import date
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 110


def toml_text(values: dict[str, Any]) -> str:
    """Return a TOML document: first the plain keys, then tables and arrays of tables, in the order given.

    Values may be str, bool, int, float, lists of these, dicts and lists of dicts; None and empty tables are
    left out.
    """
    return "\n".join(_table_lines(values, ())).strip("\n") + "\n"


def _table_lines(values: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    plain: list[str] = []
    tables: list[str] = []
    for key, value in values.items():
        name = ".".join((*path, _key(key)))
        if value is None:
            continue
        if isinstance(value, dict):
            inner = _table_lines(value, (*path, _key(key)))
            tables += ["", f"[{name}]", *inner] if inner else []
        elif isinstance(value, list) and value and isinstance(value[0], dict) and not _fits(value):
            for item in value:
                tables += ["", f"[[{name}]]", *_table_lines(item, (*path, _key(key)))]
        else:
            plain.append(_assignment(_key(key), value))
    return plain + tables


def _fits(tables: list[dict[str, Any]]) -> bool:
    lines = [_value(table) for table in tables]
    return all(len(line) < _WIDTH and "\n" not in line for line in lines)


def _assignment(key: str, value: Any) -> str:
    line = f"{key} = {_value(value)}"
    if isinstance(value, list) and (len(line) > _WIDTH or any(isinstance(item, dict) for item in value)):
        return "\n".join([f"{key} = [", *(f"    {_value(item)}," for item in value), "]"])
    return line


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {_value(item)}" for key, item in value.items() if item is not None)
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, date):
        return value.isoformat()
    return _string(value) if isinstance(value, str) else repr(value)


def _string(text: str) -> str:
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    if "\n" in text and '"""' not in text and not text.endswith('"'):
        body = "".join(char if char == "\n" else _escaped(char, quote=False) for char in text)
        return f'"""\n{body}"""'
    return '"' + "".join(_escaped(char, quote=True) for char in text) + '"'


def _escaped(char: str, *, quote: bool) -> str:
    if char == "\\" or (char == '"' and quote):
        return "\\" + char
    if char < " " or char == "\x7f":
        return f"\\u{ord(char):04x}"
    return char
