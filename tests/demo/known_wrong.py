"""What is still read wrongly of the demo's articles, and why.

The tests that read them expect these to fail, strictly: an article that comes right must leave the list.
"""

KNOWN_WRONG: dict[int, str] = {}
