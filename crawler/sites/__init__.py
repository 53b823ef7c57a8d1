"""The sites: one TOML file each, read into a `Site`."""

from crawler.sites.adhoc import adhoc_site
from crawler.sites.learning import learned_site
from crawler.sites.loading import (
    SiteError,
    all_sites,
    find_site,
    load_site,
    near_matches,
    parse_site,
    read_site,
)
from crawler.sites.model import Site
from crawler.sites.parts import Entrance, Expectations, Paging, Politeness, Schedule, Section, Twin

__all__ = [
    "Entrance",
    "Expectations",
    "Paging",
    "Politeness",
    "Schedule",
    "Section",
    "Site",
    "SiteError",
    "Twin",
    "adhoc_site",
    "all_sites",
    "find_site",
    "learned_site",
    "load_site",
    "near_matches",
    "parse_site",
    "read_site",
]
