"""A memory that does not grow: what was met lately."""

from collections.abc import Hashable

MAX_RECENT = 50_000


class Recent:
    """Remembers at least the last `size` things noted and at most twice as many, as hashes.

    Two generations: when the younger is full, the older is forgotten.
    """

    def __init__(self, size: int = MAX_RECENT) -> None:
        self._size = size
        self._young: set[int] = set()
        self._old: set[int] = set()

    def __len__(self) -> int:
        """Return how many things are remembered."""
        return len(self._young) + len(self._old - self._young)

    def note(self, thing: Hashable) -> bool:
        """Remember a thing; True where it was not remembered."""
        mark = hash(thing)
        if mark in self._young:
            return False
        self._young.add(mark)
        is_new = mark not in self._old
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()
        return is_new
