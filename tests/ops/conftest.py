"""What the verbs of the workbench share with its own tests: the invented day, judged once."""

from tests.workbench.conftest import day_file, shipped

__all__ = ["day_file", "shipped"]
