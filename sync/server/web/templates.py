"""The templates of every page that this server draws: escaped, and strict about what they name."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

PAGES = Path(__file__).parents[3] / "resources" / "pages"

__all__ = ["PAGES", "Environment", "environment"]


def environment() -> Environment:
    """Make an environment; each set of pages adds its own words and filters."""
    return Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
