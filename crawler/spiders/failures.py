"""Why a page was not had, in words that fit a table: `class/reason`.

The class decides what a run's end says: `blocked` (refused by a gate, a login or robots.txt), `unreachable`
(no answer), `missing` (the server says that there is no such page), `refused` (by us: off the site, private,
too large), `broken`.
"""

import re
import ssl

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

MISSING = frozenset({404, 410})
REFUSING = frozenset({401, 403, 405, 412, 429, 451, 503, 521})

WITHHELD = frozenset({401, 451})
"""Statuses that withhold a page; 403 is as often a gate's, and says nothing of the single article."""
_HOME = re.compile(r"https?://[^/?#]+/?(?:(?:index|default|home)\.\w+)?$", re.IGNORECASE)

_NAMED = {
    "Challenged": "blocked/gate",
    "RobotsDisallowed": "blocked/robots.txt",
    "RobotsUnreachable": "unreachable/robots.txt unreadable",
    "PrivateAddress": "refused/private address",
    "NotArchived": "broken/no HTTP exchange",
    "OffsiteRedirect": "refused/redirect off the site",
    "RedirectLoop": "broken/redirect circle",
    "BadRedirect": "broken/redirect to no address",
    "UnaskedNotModifiedError": "broken/HTTP 304",
}
"""By the name of the exception: the middlewares are this room's neighbours and are not imported."""
_OF_HOST = ("unreachable/certificate", "unreachable/TLS")


def reason_of_status(status: int) -> str:
    """Return class and reason for a status code other than 200."""
    if status in MISSING:
        return f"missing/HTTP {status}"
    if status in REFUSING:
        return f"blocked/HTTP {status}"
    return f"broken/HTTP {status}"


def reason_of_kind(kind: str) -> str:
    """Return class and reason for a page that is no article and no list."""
    if kind == "soft-404":
        return "missing/soft 404"
    if kind in {"challenge", "login"}:
        return f"blocked/{kind} page"
    return f"other/{kind}"


def absence(kind: str | None, status: int, *, asked: str, came: str) -> str | None:
    """Return in what way an article's page says that the article is no longer there; None where it does not.

    A gate, a server's trouble and a page that is not understood say nothing of the kind. A plain 404 does,
    but the store notes it by itself.

    Args:
        kind: what the page in its place is; None where it was not read.
        status: HTTP status of the last answer.
        asked: address that was asked for.
        came: address that answered, another one after redirects.
    """
    redirected = asked != came
    if status in MISSING:
        return "redirected to an error page" if redirected else None
    if status in WITHHELD or kind == "login":
        return "restricted"
    if kind == "soft-404":
        return "soft 404"
    if redirected and kind in {"list", "portal"}:
        return "redirected to home" if _HOME.match(came) else "redirected to a list"
    return None


def reason_of_error(error: BaseException | None) -> str:
    """Return class and reason for an exception that ended a request."""
    name = type(error).__name__
    if name == "RobotsUnreachable" and error is not None and error.__cause__ is not None:
        # robots.txt is the first that is asked for: what is wrong with the host's TLS shows there.
        why = reason_of_error(error.__cause__)
        return why if why.startswith(_OF_HOST) else _NAMED[name]
    if name == "Challenged":
        return f"blocked/gate {getattr(error, 'gate', '')}".rstrip()
    if name == "BadCertificate":
        return f"unreachable/certificate {getattr(error, 'problem', '')}".rstrip()
    if name in _NAMED:
        return _NAMED[name]
    if isinstance(error, DownloadTimeoutError):
        return "unreachable/timeout"
    if isinstance(error, CannotResolveHostError):
        return "unreachable/no such host"
    if isinstance(error, DownloadConnectionRefusedError):
        return "unreachable/connection refused"
    if isinstance(error, DownloadCancelledError):
        return "refused/too large"
    if isinstance(error, ResponseDataLossError):
        return "broken/incomplete answer"
    if isinstance(error, DownloadFailedError):
        return "unreachable/TLS" if _is_tls(error) else "unreachable/connection lost"
    if isinstance(error, IgnoreRequest):
        text = str(error)
        if "offsite" in text.lower():
            return "refused/off the site"
        if "because its body" in text:  # it would unpack to more than DOWNLOAD_MAXSIZE
            return "refused/too large"
        if "redirections" in text:
            return "broken/too many redirects"
        return "refused/" + (re.sub(r"https?://\S+|<[^>]*>", "", text).strip()[:40] or "dropped")
    return f"broken/{name}"


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError) or "SSL" in str(seen) or "certificate" in str(seen).lower():
            return True
        seen = seen.__cause__
    return False
