"""The pages of the demo site: `templates/` filled with its texts, built from plug-ins as PHPWeb does."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from crawler.demo.content import Entry, SiteTexts
from crawler.demo.markup import UPLOADS, body_html


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    href: str
    title: str
    published: datetime
    column: int
    pinned: bool = False


@dataclass(frozen=True)
class ListView:
    """One page of a list: what `/news/class/` shows."""

    rows: Sequence[Row]
    column: int
    page: int
    pages: int
    total: int
    size: int
    shownums: str
    """`myshownums` as asked for; the pager passes it on."""


@dataclass(frozen=True)
class Surroundings:
    """What stands around an article."""

    latest: Sequence[Row]
    popular: Sequence[Row]
    previous: Row | None
    next: Row | None
    views: int


@cache
def template(name: str) -> Template:
    """Return a template of `templates/`."""
    return Template(static(name))


@cache
def static(name: str) -> str:
    """Return a file of `templates/` as it is."""
    return (files("crawler.demo") / "templates" / name).read_text(encoding="utf-8")


class Renderer:
    """Renders pages for one set of site texts."""

    def __init__(self, texts: SiteTexts) -> None:
        self._texts = texts
        self._labels = {column.id: column.label for column in texts.columns}

    def home(self, rows: Sequence[Row], popular: Sequence[Row]) -> str:
        """The front page: the newest rows of each column."""
        contents = {"picture": static("picture.html"), "popular": _box("热点文章", popular)}
        for column in self._texts.columns:
            title = f'<a href="/news/class/?{column.id}.html">{column.label}</a>'
            newest = [row for row in rows if row.column == column.id][:6]
            contents[f"column {column.id}"] = _box(title, newest)
        return self._page("首页", "home", contents)

    def listing(self, view: ListView, latest: Sequence[Row]) -> str:
        """A page of a column, or of all columns."""
        rows = template("list.html").substitute(
            rows="\n".join(_row(row) for row in view.rows),
            total=view.total,
            size=view.size,
            page=view.page,
            pages=view.pages,
            pager=_pager(view),
        )
        contents = {
            "breadcrumb": self._breadcrumb(view.column),
            "list": rows,
            "latest": _box("最新文章", latest),
        }
        return self._page(self._labels.get(view.column, "全部文章"), "query", contents)

    def article(self, entry: Entry, around: Surroundings) -> str:
        """An article's own page, with the first of its content pages."""
        name = "article_old.html" if entry.template == "old" else "article.html"
        contents = {
            "breadcrumb": self._breadcrumb(entry.column, leaf="正文"),
            "article": template(name).substitute(self._fields(entry, around)),
            "latest": _box("最新文章", around.latest),
            "popular": _box("热点文章", around.popular),
            "picture": static("picture.html"),
            "nothing": "",
        }
        return self._page(
            entry.title,
            "html",
            contents,
            keywords=",".join(entry.tags),
            description=entry.memo,
            charset="gb2312" if entry.template == "old" else "utf-8",
        )

    def fragment(self, entry: Entry, page: int) -> str:
        """One content page of an article, as `act=getcontent` answers."""
        return body_html(entry.content_pages[page], entry.paste)

    def notice(self, text: str) -> str:
        """A page that says why there is no article, with status 200."""
        return self._page("提示信息", "notice", {"notice": template("notice.html").substitute(notice=text)})

    def simple(self, title: str, text: str) -> str:
        """A page of the site that is no news article."""
        return self._page(title, "page", {"text": f'<div id="pagecontent"><p>{escape(text)}</p></div>'})

    def _fields(self, entry: Entry, around: Surroundings) -> dict[str, object]:
        body = body_html(entry.content_pages[0], entry.paste)
        if entry.editor_line:
            body += f"\n<p>{escape(entry.editor_line)}</p>"
        if entry.share_bar:
            body += "\n" + static("share.html")
        label = " ".join(entry.authors) if entry.author_label is None else entry.author_label
        seconds = "%Y-%m-%d %H:%M" if entry.template == "old" else "%Y-%m-%d %H:%M:%S"
        file, _, name = (entry.download or "").partition("|")
        return {
            "id": entry.id,
            "kicker": _line("pretitle", entry.kicker),
            "title": escape(entry.title),
            "subtitle": _line("subtitle", entry.subtitle),
            "author": escape(label).replace("\u3000", "&nbsp; "),
            "source": escape(entry.source_label or entry.source or self._texts.name),
            "published": entry.published.strftime(seconds),
            "memo": escape(entry.memo or ""),
            "memo_style": "" if entry.memo else "display:none",
            "body": body,
            "down": f'<a id="downlink" href="{UPLOADS}{file.strip()}">{escape(name.strip())}</a>'
            if name
            else "",
            "down_style": "" if name else "display:none",
            "views": around.views,
            "likes": around.views // 37,
            "account": self._texts.account,
            "tags": " ".join(
                f'<a href="/news/class/index.php?key={escape(tag)}">{escape(tag)}</a>' for tag in entry.tags
            ),
            "previous": _anchor(around.previous) if around.previous else "没有了",
            "next": _anchor(around.next) if around.next else "没有了",
        }

    def _page(
        self,
        title: str,
        kind: str,
        contents: Mapping[str, str],
        *,
        keywords: str | None = None,
        description: str | None = None,
        charset: str = "utf-8",
    ) -> str:
        """Put a page together: `kind` names its plug-ins in `plugins.toml`, `contents` fills them."""
        texts = self._texts
        return template("page.html").substitute(
            charset=charset,
            title=escape(title),
            site_name=texts.name,
            page_id=kind,
            keywords=escape(keywords or texts.keywords),
            description=escape(description or texts.description),
            top=_plugins("top", self._head()),
            content=_plugins(kind, contents),
            bottom=_plugins("bottom", {"footer": template("footer.html").substitute(texts.model_dump())}),
        )

    def _head(self) -> dict[str, str]:
        """What stands above the content of every page."""
        columns = ((column.label, f"/news/class/?{column.id}.html") for column in self._texts.columns)
        menu = [("首页", "/"), *columns, ("全部文章", "/news/class/")]
        links = "".join(f'<li><a href="{href}" target="_self">{label}</a></li>' for label, href in menu)
        texts = self._texts.model_dump()
        return {
            "banner": template("banner.html").substitute(texts),
            "search": static("search.html"),
            "menu": f'<ul id="mainmenu">{links}</ul>',
            "service": template("service.html").substitute(texts),
        }

    def _breadcrumb(self, column: int, leaf: str = "") -> str:
        steps = [f'<a href="/">{self._texts.name}</a>', '<a href="/news/class/">文章</a>']
        if column in self._labels:
            steps.append(f'<a href="/news/class/?{column}.html">{self._labels[column]}</a>')
        return '<div id="nav">您现在的位置：' + " &gt; ".join([*steps, leaf] if leaf else steps) + "</div>"


def _plugins(zone: str, contents: Mapping[str, str]) -> str:
    """The plug-ins of a page or of a part of it, each in its border with the hidden title bar."""
    return "\n".join(
        template("plugin.html").substitute(
            title=plugin["title"],
            number=plugin["number"],
            style=plugin["style"],
            zone=zone if zone in {"top", "bottom"} else "content",
            content=contents[plugin["content"]],
        )
        for plugin in _placed()[zone]
    )


@cache
def _placed() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(static("plugins.toml"))


def _line(css_class: str, text: str | None) -> str:
    return f'<div class="{css_class}">{escape(text)}</div>' if text else ""


def _anchor(row: Row) -> str:
    return f'<a href="{escape(row.href)}">{escape(row.title)}</a>'


def _box(title: str, rows: Sequence[Row]) -> str:
    """A short list, as the 最新文章 plug-in prints it: titles cut, the whole title in the tooltip."""
    items = "".join(
        f'<li class="newslist"><a href="{escape(row.href)}" class="newslist" title="{escape(row.title)}">'
        f"{escape(row.title if len(row.title) <= 18 else row.title[:17] + '...')}</a></li>"
        for row in rows
    )
    return f'<div class="sidetitle">{title}</div><ul class="newslist">{items}</ul>'


def _row(row: Row) -> str:
    mark = '<span class="top">[置顶]</span>' if row.pinned else ""
    return (
        f'<li class="title"><div class="title">{mark}'
        f'<a href="{escape(row.href)}" target="_blank" class="title">{escape(row.title)}</a></div>'
        f'<div class="time">{row.published:%Y-%m-%d}</div></li>'
    )


def _pager(view: ListView) -> str:
    def link(page: int, label: str, css_class: str) -> str:
        # The CMS writes its ampersands bare.
        query = f"page={page}&catid={view.column}&myord=dtime&myshownums={view.shownums}"
        query += "&showtj=&showdate=&author=&key="
        return f'<li class="{css_class}"><a href="index.php?{query}">{label}</a></li>'

    items = []
    if view.page > 1:
        items.append(link(view.page - 1, "上一页", "pbutton"))
    items += [
        f'<li class="pagesnow">{page}</li>' if page == view.page else link(page, str(page), "pages")
        for page in range(1, view.pages + 1)
    ]
    if view.page < view.pages:
        items.append(link(view.page + 1, "下一页", "pbutton"))
    return "".join(items)
