"""The rules pages: an edition as a book to read, drawn from the same objects that decide."""

from cqo_portal.desk.rulebook.book import Book, Line
from cqo_portal.desk.rulebook.chapters import read
from cqo_portal.desk.rulebook.shelf import changes, chosen, editions_of, page, shelf

__all__ = ["Book", "Line", "changes", "chosen", "editions_of", "page", "read", "shelf"]
