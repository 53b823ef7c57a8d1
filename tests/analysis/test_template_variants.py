"""An article that stays as it is, in fifty forms of its page: no form is a new version."""

import random
from itertools import product

import pytest

from crawler.extraction import extract
from crawler.store import Store

URL = "http://www.example.cn/news/html/?411.html"
TITLE = "把支部建在网格上：岚江区探索基层治理新路径"
PARAGRAPHS = (
    "近年来，岚江区坚持把党支部建在网格上，推动党员干部下沉到小区楼栋，及时回应群众的急难愁盼问题。",
    "“有事找支部，心里就踏实。”家住云溪社区的退休教师周禾说，楼道照明、停车难这些老问题，一个月里都有了着落。",
    "据介绍，全区已组建网格党支部126个，登记在册党员3480名，累计办结群众诉求9200余件，办结率达到98.5%。",
    "下一步，该区将健全网格党建工作制度，把服务资源送到群众家门口，让群众的获得感更加充实、更有保障。",
)


def related(seed: int) -> str:
    names = ["党史学习教育走深走实", "社区书记的一天", "乡村振兴看支部", "年轻干部下基层", "红色资源用起来"]
    chosen = random.Random(seed).sample(names, 3)
    return "".join(
        f'<li><a href="/news/html/?{seed + n}.html">{name}</a></li>' for n, name in enumerate(chosen)
    )


def plain(title: str, info: str, body: str, seed: int) -> str:
    return (
        f"<h1>{title}</h1><div class='info'>{info}</div><div class='content'>{body}</div>"
        f"<div class='related'><h3>相关阅读</h3><ul>{related(seed)}</ul></div>"
    )


def tables(title: str, info: str, body: str, seed: int) -> str:
    return (
        f"<table width='100%'><tr><td align='center'><b><font size='5'>{title}</font></b></td></tr>"
        f"<tr><td align='center'>{info}</td></tr><tr><td>{body}</td></tr></table>"
        f"<table><tr><td>相关文章</td></tr><tr><td><ul>{related(seed)}</ul></td></tr></table>"
    )


def phpweb(title: str, info: str, body: str, seed: int) -> str:
    return (
        f'<div id="newscontent"><div class="newstitle">{title}</div><div class="info">{info}</div>'
        f'<div id="con" class="con">{body}</div></div><div class="newsquery"><ul>{related(seed)}</ul></div>'
    )


def semantic(title: str, info: str, body: str, seed: int) -> str:
    return (
        f"<main><article><header><h2>{title}</h2><p class='meta'>{info}</p></header>"
        f"<section class='text'>{body}</section></article><aside><ul>{related(seed)}</ul></aside></main>"
    )


def side_by_side(title: str, info: str, body: str, seed: int) -> str:
    return (
        f"<div class='left'><div class='title'><h1>{title}</h1></div><p class='source'>{info}</p>"
        f"<div id='zoom'>{body}</div></div><div class='right'><h3>点击排行</h3><ol>{related(seed)}</ol></div>"
    )


WRAPPERS = (plain, tables, phpweb, semantic, side_by_side)


def counter(seed: int) -> str:
    return (
        "",
        f"　点击：{seed * 37 + 5}次",
        f"　浏览次数：<span id='hits'>{seed * 91}</span>",
        "　阅读 1.2万",
    )[seed % 4]


def body_of(paragraphs: tuple[str, ...], seed: int) -> str:
    indent = ("", "　　", "&nbsp;&nbsp;&nbsp;&nbsp;", "\n\t  ", "\u200b")[seed % 5]
    style = ("", ' style="text-indent:2em"', ' class="MsoNormal"', ' align="left"')[seed % 4]
    tag = ("p", "div", "p", "p")[seed % 4]
    pieces = [f"<{tag}{style}>{indent}{text}</{tag}>" for text in paragraphs]
    if seed % 3 == 1:  # one word in an element of its own
        pieces = [piece.replace("党支部", "<strong>党支部</strong>") for piece in pieces]
    if seed % 3 == 2:
        pieces.insert(2, "<script>document.write('<a href=ad>广告</a>');</script><!-- ad -->")
    return ("\n", "", "\r\n\r\n")[seed % 3].join(pieces)


def page(wrapper: int, noise: int, paragraphs: tuple[str, ...] = PARAGRAPHS) -> str:
    seed = wrapper * 100 + noise
    info = f"2024-05-10 09:30　来源：云溪党建　作者：高远山{counter(noise)}"
    date = ("2024年05月10日", "5月12日 星期日", "今天是2026年11月22日")[noise % 3]
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}-岚江先锋网</title></head><body>"
        f"<div class='top'>{date} <a href='/'>首页</a> <a href='/djyw/'>党建要闻</a></div>"
        f"<div class='ad{noise}'><a href='/ad?{seed}'><img src='/ad/{seed}.gif' alt=''></a></div>"
        f"{WRAPPERS[wrapper](TITLE, info, body_of(paragraphs, noise), seed)}"
        f"<div class='prev'>上一篇：<a href='?{seed}.html'>社区书记的一天</a></div>"
        f"<div class='footer'>版权所有 岚江先锋网　访问量：{seed * 7919}　备案号：岚ICP备000{noise}号</div>"
        "</body></html>"
    )


FORMS = list(product(range(len(WRAPPERS)), range(10)))


def save(store: Store, html: str, day: int) -> str:
    article = extract(html.encode(), url=URL, content_type="text/html; charset=utf-8")
    article.fetched_at = f"2026-{1 + day // 28:02}-{1 + day % 28:02}T08:00:00Z"
    (saved,) = store.save([], [article])
    return f"{saved.change} {' '.join(saved.fields)}".strip()


def test_fifty_forms_of_one_page_make_one_version(store: Store) -> None:
    assert len(FORMS) == 50
    assert save(store, page(0, 0), 0) == "new"
    changes = {
        (WRAPPERS[wrapper].__name__, noise): save(store, page(wrapper, noise), day)
        for day, (wrapper, noise) in enumerate(FORMS, 1)
    }
    assert {form: change for form, change in changes.items() if change != "unchanged"} == {}


@pytest.mark.parametrize("wrapper", range(len(WRAPPERS)))
def test_one_word_that_changes_in_any_of_them_makes_a_version(store: Store, wrapper: int) -> None:
    edited = (*PARAGRAPHS[:2], PARAGRAPHS[2].replace("126", "128"), PARAGRAPHS[3])
    save(store, page(wrapper, 0), 0)
    assert save(store, page(wrapper, 7, edited), 1) == "changed body"
