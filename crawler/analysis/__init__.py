"""What the stored texts tell when they are laid side by side.

Pure: records in, results out; no store is opened here and nothing is fetched.
"""

from crawler.analysis.differences import Comparison, FieldChange, Passage, Span, compare
from crawler.analysis.sentences import split_sentences

__all__ = ["Comparison", "FieldChange", "Passage", "Span", "compare", "split_sentences"]
