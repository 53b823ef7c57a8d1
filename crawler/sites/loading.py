"""Site files from disk: TOML in, `Site` out, and an error that names file, line and key where they are
wrong."""

import difflib
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crawler.sites.lines import line_of
from crawler.sites.model import Site
from crawler.urls import host_of

FOLDER = Path(__file__).parent
"""Where the built-in site files stand."""
MAX_BYTES = 1_000_000
"""Size at which a file is taken for something else than a site file."""


class SiteError(ValueError):
    """A site is unknown or its file is wrong; the text is one line a user can act on: `file:line: key:
    what`."""


def load_site(name_or_path: str | Path) -> Site:
    """Return a built-in site by its key, or the site that a TOML file describes.

    An argument that ends in `.toml` or holds a path separator is a path. Raises SiteError.
    """
    name = str(name_or_path)
    if "\0" in name:
        raise SiteError(f"{name!r} is no name of a site and no path")
    if name.endswith(".toml") or "/" in name or "\\" in name:
        return read_site(Path(name).expanduser())
    path = FOLDER / f"{name}.toml"
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) or not path.is_file():
        near = near_matches(name)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `dangjian sites` lists them"
        raise SiteError(f"unknown site {name!r}{hint}")
    return read_site(path)


def read_site(path: Path) -> Site:
    """Return the site that a TOML file describes. Raises SiteError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SiteError(f"{path}: is larger than {MAX_BYTES} bytes, no site file")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SiteError(f"{path}: is no UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise SiteError(f"{path}: {error.strerror or error}") from None
    return parse_site(text, file=str(path))


def parse_site(text: str, *, file: str) -> Site:
    """Return the site that a TOML text describes; `file` is its name in errors. Raises SiteError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, line = _syntax_error(str(error), text)
        raise SiteError(f"{file}:{line}: {what}") from None
    except ValueError as error:
        # tomllib passes on what Python says of a number of thousands of digits or a day that does not exist.
        raise SiteError(f"{file}:1: {error}") from None
    except RecursionError:
        raise SiteError(f"{file}:1: is nested too deeply") from None
    try:
        return Site.model_validate(values)
    except ValidationError as error:
        raise SiteError("\n".join(_explained(problem, text, file) for problem in error.errors())) from None


def all_sites() -> list[Site]:
    """Return every built-in site, sorted by key. Raises SiteError where a file is wrong."""
    return list(_built_in())


@cache
def _built_in() -> tuple[Site, ...]:
    return tuple(read_site(path) for path in site_files())


def site_files() -> list[Path]:
    """Return the paths of the built-in site files, sorted by key."""
    return sorted(FOLDER.glob("*.toml"), key=lambda path: path.stem)


def find_site(url: str) -> Site | None:
    """Return the built-in site an address belongs to: the one with the longest matching domain, or None.

    Sites whose host is known at run time only (the demo) are never found: they belong to no address.
    """
    host = host_of(url)
    best: tuple[int, Site | None] = (0, None)
    for site in _built_in():
        for domain in () if site.is_relocatable else site.domains:
            if (host == domain or host.endswith(f".{domain}")) and len(domain) > best[0]:
                best = (len(domain), site)
    return best[1]


def near_matches(name: str) -> list[str]:
    """Return up to three keys of built-in sites that a mistyped key, a Chinese name or a host may mean."""
    wanted = name.strip().lower()
    if not wanted:
        return []
    keys = [path.stem for path in site_files()]
    found = difflib.get_close_matches(wanted, keys, n=3, cutoff=0.6)
    found += [key for key in keys if len(wanted) >= 3 and (wanted in key or key in wanted)]
    try:
        found += [site.key for site in _built_in() if wanted in site.name or wanted in site.domains]
        at_host = find_site(name if "://" in name else f"http://{wanted}")
    except SiteError:
        at_host = None
    if at_host:
        found.append(at_host.key)
    return list(dict.fromkeys(found))[:3]


def _syntax_error(message: str, text: str) -> tuple[str, int]:
    """Split tomllib's message into what is wrong and the line where it is."""
    at = re.search(r"^(.*?) \(at (?:line (\d+), column \d+|end of document)\)$", message, re.DOTALL)
    if not at:
        return message, 1
    return at[1], int(at[2]) if at[2] else text.count("\n") + 1


def _explained(problem: ErrorDetails, text: str, file: str) -> str:
    """Return one problem that pydantic found, in the form `file:line: key: what is wrong`."""
    kind = problem["type"]
    path = problem["ctx"]["path"] if kind == "contradiction" else problem["loc"]
    key = _dotted(path)
    if kind == "missing":
        what = "is missing"
    elif kind == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), _known_keys(path[:-1]), n=1, cutoff=0.5)
        what = "is no key of a site file" + (f"; did you mean {near[0]}?" if near else "")
    elif kind == "contradiction":
        what = problem["msg"]
    elif kind == "value_error":
        what = problem["msg"].removeprefix("Value error, ")
    else:
        message = problem["msg"].removeprefix("Input ")
        what = f"{message}, not {_short(problem['input'])}"
    return f"{file}:{line_of(text, path)}: {key}{': ' if key else ''}{what}"


def _dotted(path: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def _short(value: Any) -> str:
    try:
        shown = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


def _known_keys(path: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the table at a path may hold."""
    model: type[BaseModel] = Site
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        if field is None:
            return []
        candidates = [field.annotation, *get_args(field.annotation)]
        inner = [item for item in candidates if isinstance(item, type) and issubclass(item, BaseModel)]
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)
