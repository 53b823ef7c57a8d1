from dataclasses import dataclass, field
from urllib.parse import urljoin
import re
from crawler.extraction.reader import extract
@dataclass
class Link:
    url: str; text: str = ""; date: str|None=None
@dataclass
class Listing:
    links: list = field(default_factory=list); next_url: str|None=None
@dataclass
class Page:
    kind: str; reason: str=""; article: object=None; listing: object=None; next_pages: list=field(default_factory=list)
def read_page(html, *, url="", content_type=None, site=None):
    text = html.decode('utf-8','replace')
    links=[Link(urljoin(url,h.replace('&amp;','&'))) for h in re.findall(r'href=["\']?([^"\'> ]+)',text)]
    nxt=[h for h,t in re.findall(r'href=["\']?([^"\'> ]+)["\']?[^>]*>([^<]*)<',text) if '下一页' in t]
    l=Listing(links, urljoin(url,nxt[0].replace('&amp;','&')) if nxt else None)
    art=extract(html,url=url,content_type=content_type)
    kind = 'list' if '/class/' in url else 'article'
    if '当前ID不存在' in text: kind='soft-404'
    return Page(kind,'',art,l)
