"""What is wrong with a site file beyond its syntax, and what it lacks."""

from collections.abc import Collection, Iterable, Iterator

from crawler.sites.model import Site


def contradictions(site: Site) -> list[str]:
    """Return where a site file contradicts itself: these are errors of the file, whatever the site looks
    like."""
    # The host of a site such as the demo is known at run time only; its paths can be judged on any host.
    site = site.rebased("http://127.0.0.1") if site.is_relocatable else site
    found = [
        f"examples: {url} is no article address by article_urls"
        for url in site.examples
        if site.is_article(url) is False
    ]
    found += [
        f"article_urls: {start.url} is where a list begins, not an article"
        for start in site.sections
        if site.is_article(start.url)
    ]
    found += [
        f"deny_urls: {start.url} is where a list begins" for start in site.sections if site.denies(start.url)
    ]
    for twin in site.twins:
        for url in site.examples:
            main = site.main_address(url)
            if site.main_address(main) != main:
                found.append(
                    f"twins: {twin.pattern} gives {main} for {url}, which has a main address of its own"
                )
                break
    return found


def lacks(site: Site) -> list[str]:
    """Return what a site file does not say although a crawl or its reader would gain by it."""
    return list(_lacks(site))


def _lacks(site: Site) -> Iterator[str]:
    if not site.operator:
        yield "operator"
    if not site.sections and not site.entrances:
        yield "sections"
    elif all(section.kind == "home" for section in site.sections) and not site.entrances:
        yield "list addresses"
    elif any(section.label is None and section.kind != "home" for section in site.sections):
        yield "labels"
    if not site.article_urls:
        yield "article_urls"
    if not site.family and not site.selectors:
        yield "family or selectors"
    if site.paging.style == "unknown" and any(section.kind == "list" for section in site.sections):
        yield "paging"
    if site.expectations.articles_per_week is None:
        yield "articles_per_week"
    if not site.witnesses:
        yield "witnesses"


def shared_domains(sites: Iterable[Site]) -> list[str]:
    """Return the domains that more than one site claims, with the sites' keys."""
    owners: dict[str, list[str]] = {}
    for site in sites:
        for domain in site.domains:
            owners.setdefault(domain, []).append(site.key)
    return [f"{domain}: {', '.join(keys)}" for domain, keys in sorted(owners.items()) if len(keys) > 1]


def unknown_family(site: Site, families: Collection[str]) -> str | None:
    """Return a complaint where the site's family is none of the given ones; None where none are given."""
    if families and site.family and site.family not in families:
        return f"family: {site.family} is none of {', '.join(sorted(families))}"
    return None
