"""What the scripts of a page say about addresses. Scripts are searched with patterns and never run.

Understood are pagers that a script writes (`createPageHTML(total, current, "index", "html")` of TRS and its
kin) and functions that set `location` to strings joined with their one argument.
"""

import re
from dataclasses import dataclass
from typing import Final

LONGEST_SCRIPT: Final = 200_000
"""Characters of one script that are searched."""

_ARGUMENT = r"""\s*(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'|-?\d{1,7})\s*"""
_CREATE = re.compile(rf"\bcreatePage\w{{0,12}}\s*\(((?:{_ARGUMENT},){{2,9}}{_ARGUMENT})\)", re.IGNORECASE)
_LITERAL = re.compile(r""""([^"\n]*)"|'([^'\n]*)'|(-?\d+)""")
_COUNT = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|total_pages?|pages|size|nPageCount|page_count|maxPage)['\"]?\s*[:=]\s*['\"]?(\d{1,6})",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\b(?:count|total|totalCount|recordCount)['\"]?\s*[:=]\s*['\"]?(\d{1,7})")
_LIMIT = re.compile(r"\b(?:limit|pageSize|page_size|perPage)['\"]?\s*[:=]\s*['\"]?(\d{1,4})")
_CURRENT = re.compile(
    r"\b(?:currentPage|curPage|current|pageIndex|currPage|nowPage|nCurrIndex|page_now|curr|cpage)['\"]?\s*[:=]\s*['\"]?(\d{1,6})",
    re.IGNORECASE,
)
# One of these stands in every name of `_CURRENT`; looked for first, because the patterns are slow.
_CURRENT_SIGNS: Final = ("curr", "curpage", "pageindex", "nowpage", "page_now", "cpage")
_PREFIX = re.compile(
    r"\b(?:prefix|pageName|page_name|sPageName|fileName|baseName)['\"]?\s*[:=]\s*['\"]([^'\"\n]{1,200})['\"]",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\b(?:suffix|ext|pageExt|sPageExt|fileExt|extName)['\"]?\s*[:=]\s*['\"]\.?(\w{2,6})['\"]", re.IGNORECASE
)
# "index" + "_" + nextPage + "." + "html", or "index_" + nextPage + ".html"
_JOINED = re.compile(
    r"['\"]?([\w./-]{1,80}?)(?:\\?['\"]\s*\+\s*\\?['\"])?_\\?['\"]\s*\+\s*\(?\s*(?:nextPage|next|currentPage\s*\+\s*1|curPage\s*\+\s*1)\s*\)?"
    r"\s*\+\s*\\?['\"]\.(?:\\?['\"]\s*\+\s*\\?['\"])?(\w{2,6})"
)
_LOCATION = re.compile(
    r"(?:location(?:\.href)?\s*=(?!=)|location\.(?:assign|replace)\s*\(|window\.open\s*\()\s*([^;\n}]{1,400})"
)
_CALL = re.compile(
    r"(?<![.\w])([A-Za-z_$][\w$]{0,60})\s*\(\s*((?:'[^']{0,200}'|\"[^\"]{0,200}\"|-?\d{1,9}|[+-]|this|,|\s)*+)\)"
)
_SUM = re.compile(r"(?<![\d'\"])(\d{1,9})\s*([+-])\s*(\d{1,9})(?!\d)")  # gotoPage(3+1)
_TERM = re.compile(r"""\s*(?:"([^"\n]*)"|'([^'\n]*)'|([\w$.\[\]]+)|\(\s*([\w$.]+)\s*\))\s*""")
_NOT_FUNCTIONS: Final = frozenset(
    {"void", "return", "if", "for", "alert", "encodeURI", "encodeURIComponent", "parseInt", "Number"}
)


@dataclass(frozen=True, slots=True)
class WrittenPager:
    """A pager that a script writes into the page."""

    next_address: str | None
    """Relative or absolute; None on the last page."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call such as `toPage(3)`."""

    name: str
    arguments: tuple[str, ...]


def written_pager(scripts: list[str], url: str = "") -> WrittenPager | None:
    """Return the pager that one of some scripts writes, or None.

    TRS counts from 0 (`createPageHTML(5, 0, "index", "html")`: `index_1.html` is page 2), UCAP names an
    element first and counts from 1 (`createPageHTML("div", 5, 1, "list", "shtml", 100)`: `list_2.shtml` is
    page 2); either way the next number is the current one plus one.
    """
    searched = [(script, script.lower()) for script in (whole[:LONGEST_SCRIPT] for whole in scripts)]
    for script, folded in searched:
        if "createpage" not in folded:
            continue
        for match in _CREATE.finditer(script):
            if pager := _from_arguments(match[1]):
                return pager
    for script, folded in searched:
        if any(sign in folded for sign in _CURRENT_SIGNS) and (pager := _from_variables(script, url)):
            return pager
    return None


def _from_arguments(text: str) -> WrittenPager | None:
    values: list[str | int] = [
        int(match[3]) if match[3] else (match[1] or match[2] or "") for match in _LITERAL.finditer(text)
    ]
    from_one = isinstance(values[0], str)
    if from_one:
        values = values[1:]
    if len(values) < 4:
        return None
    total, current, base, ending = (
        int(v) if isinstance(v, str) and v.isdigit() and i < 2 else v for i, v in enumerate(values[:4])
    )
    if not (
        isinstance(total, int)
        and isinstance(current, int)
        and isinstance(base, str)
        and isinstance(ending, str)
    ):
        return None
    if not base or not re.fullmatch(r"\.?\w{2,6}", ending):
        return None
    is_last = current >= total if from_one else current + 1 >= total
    return WrittenPager(None if is_last else f"{base}_{current + 1}.{ending.lstrip('.')}")


def _from_variables(script: str, url: str) -> WrittenPager | None:
    total, current = _total(script), _CURRENT.search(script)
    if not total or not current:
        return None
    at = int(current[1])
    if joined := _JOINED.search(script):
        base, ending = joined[1].rpartition("=")[2].strip("'\""), joined[2]
        return WrittenPager(None if at + 1 >= total else f"{base}_{at + 1}.{ending}")
    prefix, suffix = _PREFIX.search(script), _SUFFIX.search(script)
    if prefix and suffix:
        # Whether such a pager counts from 0 or 1 shows on the first page only.
        from_zero = at == 0 or re.search(rf"_{at}\.\w+$", url) is not None
        is_last = at + 1 >= total if from_zero and at == 0 else at >= total
        return WrittenPager(None if is_last else f"{prefix[1]}_{at + 1}.{suffix[1]}")
    for match in _LOCATION.finditer(script):
        parts = _concatenation(match[1])
        if (
            parts
            and parts[1] is not None
            and re.search(r"page|curr|index|\bp\b|\bn\b", parts[1], re.IGNORECASE)
        ):
            return WrittenPager(None if at >= total else f"{parts[0]}{at + 1}{parts[2]}")
    return None


def _total(script: str) -> int:
    """Return the number of pages that a script names or computes from the number of items, else 0."""
    if match := _COUNT.search(script):
        return int(match[1])
    items, limit = _ITEMS.search(script), _LIMIT.search(script)
    return -(-int(items[1]) // max(int(limit[1]), 1)) if items and limit else 0


def _concatenation(expression: str) -> tuple[str, str | None, str] | None:
    """Read strings joined with at most one variable: text before it, its name, text after it; else None."""
    before, after, name = "", "", None
    position = 0
    expression = expression.strip()
    while position < len(expression):
        match = _TERM.match(expression, position)
        if not match:
            return None
        if match[1] is not None or match[2] is not None:
            text = match[1] if match[1] is not None else match[2]
            if name is None:
                before += text
            else:
                after += text
        elif name is None:
            name = match[3] or match[4]
        else:
            return None
        position = match.end()
        if position < len(expression):
            if expression[position] != "+":
                return (before, name, after) if expression[position] in "),;" else None
            position += 1
    return before, name, after


def target(action: str) -> str | None:
    """Return the address that an `onclick` or `javascript:` sets: `location.href='index_2.html'`."""
    match = _LOCATION.search(action)
    if not match:
        return None
    expression = re.sub(r"^encodeURI(?:Component)?\s*\((.*)$", r"\1", match[1].strip())
    parts = _concatenation(expression)
    return parts[0] if parts and parts[1] is None and parts[0] else None


def call(action: str) -> Call | None:
    """Return the first call of a function of the page's own in an `onclick` or `javascript:`."""
    for match in _CALL.finditer(action):
        if match[1] in _NOT_FUNCTIONS:
            continue
        given = _SUM.sub(lambda m: str(int(m[1]) + int(m[2] + m[3])), match[2])
        arguments = tuple((m[1] or m[2] or m[3] or "") for m in _LITERAL.finditer(given))
        return Call(match[1], arguments)
    return None


def _body_of(scripts: list[str], name: str) -> tuple[list[str], str] | None:
    """Return the parameters and the body of a function of the page."""
    pattern = re.compile(
        rf"(?:function\s+{re.escape(name)}\s*|(?<![\w$]){re.escape(name)}\s*[:=]\s*function\s*)\(([^)]{{0,200}})\)\s*\{{"
    )
    for whole in scripts:
        script = whole[:LONGEST_SCRIPT]
        if match := pattern.search(script):
            depth, at = 1, match.end()
            while at < len(script) and depth and at - match.end() < 5_000:
                depth += {"{": 1, "}": -1}.get(script[at], 0)
                at += 1
            return [p.strip() for p in match[1].split(",") if p.strip()], script[match.end() : at]
    return None


def target_of_call(scripts: list[str], made: Call) -> str | None:
    """Return where a call leads if its function joins its argument into `location`; else None."""
    found = _body_of(scripts, made.name)
    if found is None or not made.arguments:
        return None
    parameters, body = found
    values = dict(zip(parameters, made.arguments, strict=False))
    for match in _LOCATION.finditer(body):
        parts = _concatenation(match[1])
        if parts and parts[1] in values:
            return f"{parts[0]}{values[parts[1]]}{parts[2]}"
    return None


def field_of_call(scripts: list[str], made: Call) -> tuple[str, str] | None:
    """Return name and value of the form field that a call sets before it submits the form; else None."""
    found = _body_of(scripts, made.name)
    if found is None or not made.arguments or "submit" not in found[1]:
        return None
    parameters, body = found
    for parameter, value in zip(parameters, made.arguments, strict=False):
        match = re.search(rf"([\w$]+)['\"\])]*\.value\s*=\s*{re.escape(parameter)}\b", body) or re.search(
            rf"#([\w-]+)['\"]\s*\)\.val\(\s*{re.escape(parameter)}\s*\)", body
        )
        if match:
            return match[1], value
    return None
