"""The quality gate: no figure reached on the labelled pages may fall."""

import tomllib
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.labelled import Corpus, corpus_folder, figures, list_figures
from crawler.extraction import page_kind, read_list

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def corpus():
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the labelled pages are not here (DANGJIAN_CORPUS, or ../shared/corpus)")
    corpus = Corpus(folder)
    if corpus.digest != FLOORS["corpus"]:
        pytest.skip(f"the floors belong to another corpus than {corpus.digest[:12]}")
    return corpus


@pytest.fixture(scope="module")
def reached(corpus):
    return {
        "articles": figures(corpus.score(peers.ours())),
        "lists": list_figures(corpus, read_list, page_kind),
    }


@pytest.mark.parametrize(
    ("table", "figure"), [(table, figure) for table in ("articles", "lists") for figure in FLOORS[table]]
)
def test_no_figure_falls_below_what_was_reached(reached, table, figure):
    assert reached[table][figure] >= FLOORS[table][figure]
