"""Briefs as tables: `rows(brief)` gives them to Python, `summarizer table` to spreadsheets."""

from summarizer.tables.items import rows as rows
