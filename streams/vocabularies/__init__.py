"""What others call their scans, as tables from their values to our codes."""

from streams.vocabularies.load import NoVocabulary, Term, Vocabulary, load_vocabulary, shipped

__all__ = ["NoVocabulary", "Term", "Vocabulary", "load_vocabulary", "shipped"]
