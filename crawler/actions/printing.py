"""What the verbs print: an article for people, JSON for programs, numbers with their nouns."""

import json
from typing import Any

from rich.console import Console

from crawler.items import Article
from crawler.urls import display_url


def print_article(article: Article, console: Console, *, body: bool = True) -> None:
    """Print an article for a person."""
    if article.kicker:
        console.print(article.kicker, style="dim", markup=False)
    console.print(article.title or "(no title)", style="bold", markup=False)
    if article.subtitle:
        console.print(article.subtitle, style="dim", markup=False)
    facts = {
        "作者": "、".join(article.authors),
        "来源": article.source,
        "发布": article.published,
        "编辑": "、".join(article.editors),
        "栏目": article.section,
        "文号": article.document_number,
        "网址": display_url(article.url) if article.url else None,
        "编号": f"{article.id}  version {article.version}" if article.version else article.id,
        "存档": f"warc/{article.warc.file} at {article.warc.offset}" if article.warc else None,
    }
    for name, value in facts.items():
        if value:
            console.print(f"[dim]{name}[/dim]  ", end="")
            console.print(value, markup=False, soft_wrap=True)
    if body and article.body:
        console.print()
        console.print(article.body, markup=False, soft_wrap=True)
    for attachment in article.attachments:
        console.print(f"附件  {attachment.name or ''} {attachment.url}", markup=False, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 look, 2 looks."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_json(value: Any) -> None:
    """Print one JSON document on one line: a record, or what JSON has."""
    print(value.model_dump_json() if isinstance(value, Article) else json.dumps(value, ensure_ascii=False))
