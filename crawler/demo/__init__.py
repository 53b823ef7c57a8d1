"""The built-in demo site: a small PHPWeb site on loopback with texts of our own, and the truth about them."""

from crawler.demo.content import DemoArticle, Entry, load_articles
from crawler.demo.server import DEFAULT_PORT, DemoRequest, DemoSite

__all__ = ["DEFAULT_PORT", "DemoArticle", "DemoRequest", "DemoSite", "Entry", "load_articles"]
