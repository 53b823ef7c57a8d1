"""Writes docs/sites.md from the site files: `python -m crawler.sites.document`."""

import re
import sys
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from crawler.sites.checking import lacks
from crawler.sites.loading import all_sites
from crawler.sites.model import Site
from crawler.sites.parts import Entrance, Expectations, Paging, Politeness, Schedule, Section, Twin

PAGE = Path(__file__).parents[2] / "docs" / "sites.md"
"""The page in the project's documentation."""

_PARTS: list[tuple[str, type[BaseModel]]] = [
    ("sections", Section),
    ("entrances", Entrance),
    ("paging", Paging),
    ("twins", Twin),
    ("politeness", Politeness),
    ("schedule", Schedule),
    ("expectations", Expectations),
]

_INTRODUCTION = """\
# Sites

<!-- Written by `python -m crawler.sites.document` from the site files. Do not edit. -->

The sites that come with the project, one file each in `crawler/sites/`. `dangjian sites` shows the same in
the terminal, `dangjian sites KEY` one of them in full. How to add one:
[adding-a-site.md](adding-a-site.md).

None of these sites was fetched to write its file: *confidence* says how far the facts can be trusted, and
each file names what they rest on. *Status* `blocked` means that the site turns programs away, `script` that
it builds its pages in the browser. *Lacks* is what nobody has found out yet.
"""


def sites_page() -> str:
    """Return the text of docs/sites.md."""
    rows = [
        [
            f"`{site.key}`",
            _cell(site.name),
            ", ".join(site.domains[:3]) + (" …" if len(site.domains) > 3 else ""),
            site.family or "–",
            str(len(site.sections) + len(site.entrances)),
            site.status,
            site.confidence,
            ", ".join(lacks(site)) or "–",
        ]
        for site in all_sites()
    ]
    head = ["key", "name", "domains", "family", "lists", "status", "confidence", "lacks"]
    parts = [
        _INTRODUCTION,
        f"{len(rows)} files.\n",
        _table(head, rows),
        "\n## The keys of a site file\n",
        _keys(Site),
    ]
    for name, model in _PARTS:
        heading = f"[[{name}]]" if name in {"sections", "entrances", "twins"} else f"[{name}]"
        parts += [f"\n### `{heading}`\n", f"{_docstring(model)}\n", _keys(model)]
    return "\n".join(parts) + "\n"


def _keys(model: type[BaseModel]) -> str:
    rows = [
        [f"`{name}`", _type(field), _default(field), _cell(field.description or "")]
        for name, field in model.model_fields.items()
    ]
    return _table(["key", "value", "default", "meaning"], rows)


def _type(field: FieldInfo) -> str:
    return _type_name(field.annotation)


def _type_name(annotation: Any) -> str:
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return " ".join(f"`{value}`" for value in arguments)
    if origin is list:
        inner = _type_name(arguments[0])
        return f"list of {inner}s" if inner.isalpha() else f"list of {inner}"
    if origin is dict:
        return "table"
    if origin is not None and origin is not Union and hasattr(annotation, "__metadata__"):
        return _type_name(arguments[0])
    if arguments:
        return " or ".join(_type_name(item) for item in arguments if item is not type(None))
    names = {str: "text", bool: "true or false", int: "number", float: "number"}
    if annotation in names:
        return names[annotation]
    is_table = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return "table" if is_table else getattr(annotation, "__name__", str(annotation))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.default if field.default is not PydanticUndefined else None
    if field.default_factory is not None:
        value = field.default_factory()  # type: ignore[call-arg]  # none of ours takes the validated data
    if value is None or value == [] or value == {} or isinstance(value, BaseModel):
        return "–"
    if isinstance(value, list):
        return ", ".join(f"`{item:g}`" if isinstance(item, float) else f"`{item}`" for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _docstring(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> int:
    """Write the page; with `--check` only compare, and return 1 where it is out of date."""
    text = sites_page()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
