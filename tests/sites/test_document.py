import re

from crawler.sites import document, parse_site
from crawler.sites.checking import contradictions
from crawler.sites.model import Site


def test_the_page_in_the_documentation_is_current():
    written = document.PAGE.read_text(encoding="utf-8")
    assert written == document.sites_page(), "run `python -m crawler.sites.document`"


def test_every_key_of_a_site_file_is_explained():
    page = document.sites_page()
    for name, field in Site.model_fields.items():
        assert field.description, f"{name} has no docstring"
        assert f"| `{name}` |" in page
    for _, model in document._PARTS:
        assert all(field.description for field in model.model_fields.values()), model.__name__


def test_the_check_notices_a_stale_page(monkeypatch, tmp_path):
    monkeypatch.setattr(document, "PAGE", tmp_path / "sites.md")
    monkeypatch.setattr("sys.argv", ["document", "--check"])
    assert document.main() == 1
    monkeypatch.setattr("sys.argv", ["document"])
    assert document.main() == 0
    monkeypatch.setattr("sys.argv", ["document", "--check"])
    assert document.main() == 0


def test_the_file_in_the_how_to_is_right():
    how_to = document.PAGE.with_name("adding-a-site.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", how_to, re.DOTALL)
    assert len(blocks) == 2
    whole = parse_site("".join(blocks), file="adding-a-site.md")
    assert contradictions(whole) == []
    assert whole.selectors


def test_the_paging_patterns_in_the_how_to_are_those_of_the_site_files():
    how_to = document.PAGE.with_name("adding-a-site.md").read_text(encoding="utf-8")
    for key in ("ccdi", "people_cpc"):
        site = next(site for site in document.all_sites() if site.key == key)
        assert f'pattern = "{site.paging.pattern}"' in how_to
