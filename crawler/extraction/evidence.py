"""Why a field has its value: the candidates of each, what spoke for them, and which won.

`Article.evidence` names the winning rule of every field. This module shows the losers too; it asks the
readers again and costs nothing where nobody asks.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value that a field could have had."""

    value: str
    """The value, shortened."""
    rule: str
    """What read it."""
    weight: float
    """What spoke for it; the unit is the reader's own, more is better."""
    chosen: bool = False
    """Whether it won."""


@dataclass(frozen=True, slots=True)
class FieldTrace:
    """How one field was read."""

    field: str
    """Name of the field in the article record."""
    value: str | None
    """What the record holds, shortened."""
    rule: str
    """The rule that read it; `none` where nothing did."""
    candidates: tuple[Candidate, ...] = ()
    """What was considered, the best first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one page was read."""

    url: str
    """Its address."""
    charset: str
    """Codec its bytes were decoded with."""
    kind: str
    """What kind of page it is."""
    reason: str
    """Why it is that kind."""
    layout: str
    """The CMS family that was recognised, or `generic`."""
    fields: tuple[FieldTrace, ...] = field(default=())
    """The fields of the record in its order."""

    def as_text(self) -> str:
        """Return the explanation for a terminal: a line for each field, its candidates indented below."""
        head = f"charset {self.charset} · layout {self.layout} · kind {self.kind} ({self.reason})"
        lines = [self.url or "(no address)", head]
        for trace in self.fields:
            lines.append(f"{trace.field}: {trace.value if trace.value is not None else '—'}  [{trace.rule}]")
            for candidate in trace.candidates:
                mark = "✓" if candidate.chosen else " "
                lines.append(f"  {mark} {candidate.weight:10.1f}  {candidate.rule:<28} {candidate.value}")
        return "\n".join(lines)


LONGEST_VALUE = 100
"""Characters of a value that are shown."""


def shorten(value: object) -> str | None:
    """Return a value as one line of bounded length; None for an absent one."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, list):
        value = "、".join(str(getattr(item, "url", item)) for item in value)
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_VALUE else f"{text[:60]} … {text[-30:]} ({len(text)} characters)"
