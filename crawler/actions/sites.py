"""`dangjian sites`: the site files there are, what they say, and what they lack."""

import argparse
from importlib.resources import files
from typing import Literal

from rich.console import Console
from rich.table import Table

from crawler.actions.printing import counted, print_json
from crawler.console import make_console
from crawler.sites import Site, SiteError, load_site, read_site
from crawler.sites.checking import contradictions, lacks, shared_domains, unknown_family
from crawler.sites.loading import site_files
from crawler.verbs.verb import FAILED, UsageError

_COLOURS = {"active": "green", "blocked": "red", "gone": "red", "script": "yellow"}
_HEADINGS = {"key": 0, "name": 0, "domain": 76, "family": 96, "lists": 96, "status": 0, "confidence": 96}
"""Heading of the table -> columns that a terminal must have for it."""


def run(args: list[str], opts: argparse.Namespace) -> int:
    """List, show or check. Raises UsageError where nothing matches or a file cannot be read."""
    sites, errors = _read(args)
    if errors and not opts.check:
        raise UsageError("\n".join(errors))
    chosen = [site for site in sites if _wanted(site, opts)]
    if opts.check:
        return _check(chosen, errors, as_json=opts.json)
    if not chosen:
        raise UsageError("no site file matches")
    if opts.json:
        print_json([site.model_dump(mode="json") for site in chosen])
    elif len(args) == 1:
        _print_site(chosen[0], make_console())
    else:
        _print_table(chosen, make_console())
    return 0


def _read(names: list[str]) -> tuple[list[Site], list[str]]:
    """Return the sites of the named files, or of all built-in ones, and what is wrong with files that
    cannot be read."""
    sites: list[Site] = []
    errors: list[str] = []
    for name in names or site_files():
        try:
            site = load_site(name) if isinstance(name, str) else read_site(name)
        except SiteError as error:
            errors += str(error).split("\n")
            continue
        sites.append(site)
        if not isinstance(name, str) and name.stem != site.key:
            errors.append(f"{name}:1: key: is {site.key!r}, but the file is {name.name}")
    return sites, errors


def _wanted(site: Site, opts: argparse.Namespace) -> bool:
    return (
        (not opts.name or opts.name.lower() in site.key or opts.name in site.name)
        and (not opts.domain or any(opts.domain.lower() in domain for domain in site.domains))
        and (not opts.family or opts.family == (site.family or "none"))
        and (not opts.confidence or opts.confidence == site.confidence)
    )


def _check(sites: list[Site], errors: list[str], *, as_json: bool) -> int:
    families = {
        entry.name.removesuffix(".toml")
        for entry in (files("crawler.extraction") / "layouts").iterdir()
        if entry.name.endswith(".toml")
    }
    wrong = {site.key: contradictions(site) for site in sites}
    for site in sites:
        if complaint := unknown_family(site, families):
            wrong[site.key].append(complaint)
    errors = [*errors, *(f"domains: {shared}" for shared in shared_domains(sites))]
    if as_json:
        checked = {site.key: {"errors": wrong[site.key], "lacks": lacks(site)} for site in sites}
        print_json({"errors": errors, "sites": checked})
    else:
        console = make_console()
        for error in errors:
            console.print(error, style="red", markup=False, soft_wrap=True)
        for site in sites:
            for error in wrong[site.key]:
                console.print(f"{site.key}: {error}", style="red", markup=False, soft_wrap=True)
        for site in sites:
            if missing := lacks(site):
                console.print(f"{site.key} lacks {', '.join(missing)}", markup=False, soft_wrap=True)
        count = len(errors) + sum(map(len, wrong.values()))
        console.print(f"{counted(len(sites), 'file')} checked, {counted(count, 'error')}")
    return FAILED if errors or any(wrong.values()) else 0


def _print_table(sites: list[Site], console: Console) -> None:
    headings = [heading for heading, columns in _HEADINGS.items() if console.width >= columns]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading == "lists" else "left"
        table.add_column(heading, justify=justify, no_wrap=heading not in {"name", "domain"}, overflow="fold")
    for site in sites:
        row = _row(site)
        table.add_row(*(row[heading] for heading in headings))
    console.print(table)
    console.print(f"{counted(len(sites), 'site')}. `dangjian sites KEY` shows one in full.", style="dim")


def _row(site: Site) -> dict[str, str]:
    more = f" +{len(site.domains) - 1}" if len(site.domains) > 1 else ""
    return {
        "key": site.key,
        "name": site.name,
        "domain": site.domains[0] + more,
        "family": site.family or "",
        "lists": str(len(site.sections) + len(site.entrances)),
        "status": f"[{_COLOURS[site.status]}]{site.status}[/]",
        "confidence": site.confidence,
    }


def _print_site(site: Site, console: Console) -> None:
    console.print(f"{site.name}  {site.key}", style="bold", markup=False)
    facts = {
        "operator": site.operator,
        "domains": ", ".join(site.domains),
        "status": site.status,
        "family": site.family,
        "paging": " ".join(filter(None, [site.paging.style, site.paging.pattern])),
        "delay": f"{site.politeness.delay:g} s",
        "confidence": f"{site.confidence}: {'; '.join(site.witnesses)}",
        "lacks": ", ".join(lacks(site)),
    }
    for name, value in facts.items():
        if value:
            console.print(f"[dim]{name:<11}[/dim]", end="")
            console.print(value, markup=False, soft_wrap=True)
    if site.notes:
        console.print(f"\n{site.notes.strip()}", markup=False)
    console.print()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("list", "kind", "address"):
        table.add_column(heading, overflow="fold")
    for section in site.sections:
        table.add_row(section.label or "–", section.kind, section.url)
    for entrance in site.entrances:
        table.add_row(entrance.label or "–", entrance.kind, entrance.url)
    console.print(table)
