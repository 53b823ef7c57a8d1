"""The built-in site files: each is right in itself and they do not contradict each other."""

import re

import pytest

from crawler.sites import Site, all_sites, load_site, parse_site
from crawler.sites.checking import contradictions, lacks, shared_domains, unknown_family
from crawler.sites.loading import site_files
from tests.sites.support import site

SITES = {path.stem: path for path in site_files()}


@pytest.fixture(params=sorted(SITES))
def built_in(request) -> Site:
    return load_site(request.param)


def test_the_atlas_is_covered():
    assert len(SITES) >= 66


def test_a_file_is_named_by_its_key(built_in):
    assert SITES[built_in.key].stem == built_in.key


def test_examples_are_articles_and_lists_are_not(built_in):
    assert contradictions(built_in) == []


def test_patterns_come_with_an_example_each(built_in):
    for pattern in built_in.article_urls:
        assert any(re.search(pattern, url) for url in built_in.examples), f"{pattern} has no example"


def test_no_further_page_of_a_list_is_taken_for_an_article(built_in):
    for section in built_in.sections:
        for page in (2, 3, 20):
            further = built_in.paging.address(section.url, page)
            if further:
                assert not built_in.is_article(further), further


def test_a_file_says_what_it_rests_on(built_in):
    assert built_in.witnesses


def test_a_site_survives_being_written_and_read(built_in):
    assert parse_site(built_in.to_toml(), file="x.toml") == built_in


def test_no_domain_belongs_to_two_sites():
    assert shared_domains(all_sites()) == []


def test_nobody_waits_less_than_a_second_between_requests_to_a_public_site(built_in):
    assert built_in.politeness.delay >= 1 or built_in.allow_private


def test_only_the_demo_may_ask_for_private_addresses():
    assert [one.key for one in all_sites() if one.allow_private] == ["demo"]


def test_script_built_sites_ask_for_a_browser(built_in):
    assert built_in.browser == (built_in.status == "script")


def test_contradictions_are_found():
    wrong = site(
        examples=["http://linhai.example.cn/about.html"],
        deny_urls=["/djyw/"],
        twins=[{"pattern": "about", "address": "about2"}],
    )
    assert [message.split(":")[0] for message in contradictions(wrong)] == ["examples", "deny_urls", "twins"]
    assert contradictions(site(article_urls=["/djyw/"]))[0].startswith("article_urls")


def test_what_a_file_lacks_is_named():
    assert lacks(site(sections=[], article_urls=[])) == [
        "operator", "sections", "article_urls", "family or selectors", "articles_per_week", "witnesses",
    ]  # fmt: skip
    home = [{"label": "首页", "url": "http://linhai.example.cn/", "kind": "home"}]
    assert "list addresses" in lacks(site(sections=home))
    assert "labels" in lacks(site(sections=[{"url": "http://linhai.example.cn/"}]))


def test_a_family_must_be_one_of_the_layouts_there_are():
    assert unknown_family(site(family="trs"), {"trs"}) is None
    assert unknown_family(site(family="tsr"), {"trs"}) == "family: tsr is none of trs"


def test_two_sites_with_one_domain_are_named():
    assert shared_domains([site(), site(key="other")]) == ["linhai.example.cn: linhai, other"]
